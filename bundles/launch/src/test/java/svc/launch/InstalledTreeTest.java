package svc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledTreeTest {

  @TempDir Path directory;
  private Path home;
  private Path jars;

  @BeforeEach
  void prepare() throws IOException {
    home = Files.createDirectory(directory.resolve("svc"));
    jars = Files.createDirectory(directory.resolve("jars"));
    for (String part : List.of("bundles", "lib", "etc")) Files.createDirectory(home.resolve(part));
    for (String part : List.of("bundles", "lib"))
      new BundleMaker("svc.a", "0.1.0").quiet().in(home.resolve(part));
    new BundleMaker("svc.a.b", "0.1.0").quiet().in(home.resolve("bundles"));
    Files.writeString(
        home.resolve("etc/one.bndrun"),
        "-runbundles: \\\n\tsvc.a;version='[0.1.0,0.1.1)',\\\n\tsvc.a.b;version='[0.1.0,0.1.1)'\n");
    Files.writeString(
        home.resolve("etc/two.bndrun"), "-runbundles: svc.a.b;version='[0.1.0,0.1.1)'\n");
  }

  private List<String> names(String part) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve(part))) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> "" + file.getFileName())
          .sorted()
          .toList();
    }
  }

  private String descriptor(String name) throws IOException {
    return Files.readString(home.resolve("etc/" + name + ".bndrun"));
  }

  @Test
  void aBundleIsReplacedWhereverItStandsAndTheDescriptorsTakeIt() throws Exception {
    InstalledTree tree = new InstalledTree(home);
    tree.put(new BundleMaker("svc.a", "0.2.3").quiet().in(jars));
    assertEquals(List.of("svc.a-0.2.3.jar", "svc.a.b-0.1.0.jar"), names("bundles"));
    assertEquals(List.of("svc.a-0.2.3.jar"), names("lib"));
    assertTrue(descriptor("one").contains("\tsvc.a;version='[0.2.3,0.2.4)',"), descriptor("one"));
    assertTrue(descriptor("one").contains("\tsvc.a.b;version='[0.1.0,0.1.1)'"));
    assertFalse(descriptor("two").contains("0.2.3"));
    assertEquals(2, Descriptor.read(home, "one").bundles().size());
  }

  @Test
  void whereItIsNotOnTheClassPathItDoesNotComeThere() throws Exception {
    new InstalledTree(home).put(new BundleMaker("svc.a.b", "0.1.0").quiet().in(jars));
    assertEquals(List.of("svc.a-0.1.0.jar"), names("lib"));
    assertEquals(List.of("svc.a-0.1.0.jar", "svc.a.b-0.1.0.jar"), names("bundles"));
  }

  @Test
  void itKnowsWhichCompositionHasIt() throws Exception {
    InstalledTree tree = new InstalledTree(home);
    assertTrue(tree.has("one", "svc.a"));
    assertFalse(tree.has("two", "svc.a"));
  }

  @Test
  void nativeLibrariesComeAlong() throws Exception {
    Path jar = jars.resolve("natives.jar");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (String name :
          List.of(
              "jni/x86_64-Linux/libjffi-1.2.so",
              "lib/amd64-Linux-clang/jni/libjunixsocket-native-2.11.1.so",
              "lib/amd64-Linux-clang/jni/libjunixsocket-native-2.11.1.nodeps.so")) {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(name.getBytes());
      }
    }
    assertEquals(2, NativeLibraries.unpack(jar, home.resolve("lib/native")));
    assertEquals(List.of("libjffi-1.2.so", "libjunixsocket.so"), names("lib/native/x86_64-Linux"));
  }

  @Test
  void whatIsNoBundleIsRefused() throws Exception {
    Path text = Files.writeString(directory.resolve("a.jar"), "text");
    assertThrows(IOException.class, () -> new InstalledTree(home).put(text));
  }
}
