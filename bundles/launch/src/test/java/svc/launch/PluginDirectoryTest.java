package svc.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

@Timeout(120)
class PluginDirectoryTest {

  private static final String PASSWORD = "secret";

  @TempDir Path directory;
  private Path made;
  private Path plugins;
  private RunningFelix felix;
  private Updater updater;
  private PluginDirectory watched;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() throws Exception {
    felix = new RunningFelix(directory.resolve("cache"));
    made = Files.createDirectory(directory.resolve("made"));
    plugins = Files.createDirectory(directory.resolve("plugins"));
    Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
    updater =
        new Updater(
            felix.context(),
            (old, name, version, jar) -> watched.keep(name, jar) ? "" : "not ours",
            TimeUnit.SECONDS.toNanos(3));
  }

  @AfterEach
  void stop() throws Exception {
    if (watched != null) watched.close();
    felix.close();
  }

  private void watch(Path store) throws IOException {
    watched = new PluginDirectory(plugins, Trust.of(store, PASSWORD), updater, told::add);
    watched.begin();
  }

  private Path bundle(String version) {
    return new BundleMaker("a", version).quiet().in(made);
  }

  /** As an operator should: beside, then renamed. */
  private Path put(Path jar, String name) throws IOException {
    Path part = Files.copy(jar, plugins.resolve("." + name));
    return Files.move(part, plugins.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private void assertTold(String line) throws InterruptedException {
    String first = told.poll(30, TimeUnit.SECONDS);
    assertTrue(first != null && first.contains(line), () -> first + ", not " + line);
  }

  private List<String> there() {
    return Arrays.stream(felix.context().getBundles())
        .filter(each -> "a".equals(each.getSymbolicName()))
        .map(each -> each.getVersion() + (each.getState() == Bundle.ACTIVE ? " active" : " not"))
        .toList();
  }

  @Test
  void whatIsThereIsLoadedAtOnce() throws Exception {
    put(bundle("1.0.0"), "x.jar");
    Files.writeString(plugins.resolve("README"), "no jar");
    watch(null);
    assertEquals(List.of("1.0.0 active"), there());
    assertEquals(List.of("plugin x.jar added"), List.copyOf(told));
    assertEquals(List.of("a"), watched.bundles());
  }

  @Test
  void aFileThatComesChangesAndGoesIsFollowed() throws Exception {
    watch(null);
    put(bundle("1.0.0"), "x.jar");
    assertTold("plugin x.jar added");
    put(bundle("1.0.1"), "x.jar");
    assertTold("plugin x.jar updated");
    assertEquals(List.of("1.0.1 active"), there());
    Files.delete(plugins.resolve("x.jar"));
    assertTold("plugin x.jar removed");
    assertEquals(List.of(), there());
  }

  @Test
  void aFileThatIsWrittenSlowlyIsNotLookedAtHalfWay() throws Exception {
    watch(null);
    byte[] bytes = Files.readAllBytes(bundle("1.0.0"));
    try (OutputStream out = Files.newOutputStream(plugins.resolve("x.jar"))) {
      for (byte each : bytes) out.write(each);
    }
    assertTold("plugin x.jar added");
    assertTrue(told.isEmpty());
  }

  @Test
  void oneThatIsNotWellIsRefusedAndTheOldOneStays() throws Exception {
    watch(null);
    put(bundle("1.0.0"), "x.jar");
    assertTold("plugin x.jar added");
    String throwing =
        "public void start(BundleContext c) { throw new IllegalStateException(\"no such luck\"); }"
            + "public void stop(BundleContext c) {}";
    put(new BundleMaker("a", "1.0.1").activator(throwing).in(made), "x.jar");
    assertTold("no such luck; what was loaded of it before stays");
    assertEquals(List.of("1.0.0 active"), there());
    // once, and again when it is mended
    put(bundle("1.0.2"), "x.jar");
    assertTold("plugin x.jar updated");
    put(bundle("1.0.3"), "y.jar");
    assertTold("plugin y.jar refused: plan: a is there already");
    Files.writeString(plugins.resolve("z.jar"), "no jar at all");
    assertTold("plugin z.jar refused: ");
  }

  @Test
  void whatOthersMayWriteToIsRefused() throws Exception {
    watch(null);
    Path file = plugins.resolve("x.jar");
    Files.copy(bundle("1.0.0"), made.resolve("x.jar"));
    Files.setPosixFilePermissions(
        made.resolve("x.jar"), PosixFilePermissions.fromString("rw-rw-r--"));
    Files.move(made.resolve("x.jar"), file);
    assertTold("plugin x.jar refused: others may write to it (mode 664)");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertTold("plugin x.jar added");
  }

  @Test
  void aDirectoryThatOthersMayWriteToIsRefused() throws Exception {
    Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxrwxrwx"));
    put(bundle("1.0.0"), "x.jar");
    watch(null);
    assertTold("plugin x.jar refused: " + plugins + ": others may write to it (mode 777)");
    assertEquals(List.of(), there());
  }

  @Test
  void aSymbolicLinkIsRefused() throws Exception {
    watch(null);
    Files.createSymbolicLink(plugins.resolve("x.jar"), bundle("1.0.0"));
    assertTold("plugin x.jar refused: it is a symbolic link");
    Files.createDirectory(plugins.resolve("y.jar"));
    assertTold("plugin y.jar refused: it is no regular file");
  }

  @Test
  void aStrangersFileIsRefused() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    Path jar = bundle("1.0.0");
    Files.setAttribute(jar, "unix:uid", 4711);
    Files.move(jar, plugins.resolve("x.jar"));
    watch(null);
    assertTold("plugin x.jar refused: it belongs to user 4711, neither to root nor to user 0");
  }

  @Test
  void anUpdateByHandIsKeptThereAndNotDoneTwice() throws Exception {
    watch(null);
    Path file = put(bundle("1.0.0"), "x.jar");
    assertTold("plugin x.jar added");
    Path jar = bundle("1.0.1");
    assertTrue(updater.apply(updater.plan(jar)).ok());
    assertEquals(-1, Files.mismatch(jar, file));
    put(bundle("1.0.2"), "x.jar");
    assertTold("plugin x.jar updated");
    assertEquals(List.of("1.0.2 active"), there());
    assertTrue(told.isEmpty());
  }

  // Signatures

  private Path keys(String name) throws Exception {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/keytool",
                "-genkeypair",
                "-alias",
                "key",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .inheritIO()
            .start();
    assertEquals(0, keytool.waitFor());
    return store;
  }

  private Path signed(Path jar, Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    var protection = new KeyStore.PasswordProtection(PASSWORD.toCharArray());
    var entry = (KeyStore.PrivateKeyEntry) keys.getEntry("key", protection);
    Path result = directory.resolve("signed.jar");
    try (ZipFile in = new ZipFile(jar.toFile());
        OutputStream out = Files.newOutputStream(result)) {
      new JarSigner.Builder(entry).build().sign(in, out);
    }
    return result;
  }

  /** A store with the certificate alone. */
  private Path trusting(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("signer", keys.getCertificate("key"));
    Path file = directory.resolve("trust.p12");
    try (OutputStream out = Files.newOutputStream(file)) {
      trust.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  @Test
  void withATrustStoreOnlyWhatItsSignersSignedIsLoaded() throws Exception {
    Path ours = keys("ours");
    watch(trusting(ours));
    put(signed(bundle("1.0.0"), ours), "x.jar");
    assertTold("plugin x.jar added");
    put(bundle("1.0.1"), "x.jar");
    assertTold("plugin x.jar refused: a/Activator.class is not signed; what was loaded");
    put(signed(bundle("1.0.2"), keys("theirs")), "x.jar");
    assertTold("is signed by nobody in the trust store");
    assertEquals(List.of("1.0.0 active"), there());
  }

  @Test
  void whatWasChangedAfterItWasSignedIsRefused() throws Exception {
    Path ours = keys("ours");
    Path jar = signed(bundle("1.0.0"), ours);
    try (var files = java.nio.file.FileSystems.newFileSystem(jar)) {
      Files.write(files.getPath("a/Activator.class"), new byte[] {1, 2, 3});
    }
    put(jar, "x.jar");
    watch(trusting(ours));
    assertTold("plugin x.jar refused: its signature is broken");
    // nor may anything be added
    jar = signed(bundle("1.0.0"), ours);
    try (var files = java.nio.file.FileSystems.newFileSystem(jar)) {
      Files.write(files.getPath("a/More.class"), new byte[] {1, 2, 3});
    }
    put(jar, "y.jar");
    assertTold("plugin y.jar refused: a/More.class is not signed");
  }
}
