package svc.launch;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/**
 * An installed tree that nobody runs from: bundles of it are replaced wherever they stand, in
 * {@code bundles/}, on the class path {@code lib/}, with the native libraries of {@code
 * lib/native}, and in the launch descriptors that would not take the new version.
 */
public final class InstalledTree {

  private static final String MODE = "rw-r--r--";

  private final Path home;

  /**
   * @param home the tree
   */
  public InstalledTree(Path home) {
    this.home = home;
  }

  /**
   * Whether a composition has a bundle.
   *
   * @param descriptor as {@code manager}
   * @param bundle its symbolic name
   */
  public boolean has(String descriptor, String bundle) throws LaunchException {
    return Descriptor.read(home, descriptor).wanted().containsKey(bundle);
  }

  /**
   * Puts a bundle in the place of all of its name.
   *
   * @param jar the new one
   * @throws IOException with a text for the user also when it is no bundle
   */
  public void put(Path jar) throws IOException, LaunchException {
    Candidate candidate = Candidate.read(jar);
    put(candidate, home.resolve("bundles"));
    Path classPath = home.resolve("lib");
    if (Descriptor.jars(classPath).containsKey(candidate.name())) put(candidate, classPath);
    NativeLibraries.unpack(jar, classPath.resolve("native"));
    for (Path descriptor : descriptors()) takes(descriptor, candidate);
  }

  private static void put(Candidate candidate, Path directory) throws IOException, LaunchException {
    String name = candidate.name();
    Map<Version, Path> old = Descriptor.jars(directory).getOrDefault(name, Map.of());
    Path fresh = directory.resolve(name + "-" + candidate.version() + ".jar");
    Path target = old.getOrDefault(candidate.version(), fresh);
    InstalledBundles.put(candidate.jar(), target);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(MODE));
    for (Path each : old.values()) if (!each.equals(target)) Files.delete(each);
  }

  private List<Path> descriptors() throws IOException {
    List<Path> descriptors = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(home.resolve("etc"), "*.bndrun")) {
      files.forEach(descriptors::add);
    }
    return descriptors;
  }

  /** In the form in which Bnd locks a version. */
  private static void takes(Path descriptor, Candidate candidate) throws IOException {
    Pattern entry =
        Pattern.compile("(?<![\\w.-])(" + Pattern.quote(candidate.name()) + ";version=')([^']*)'");
    String text = Files.readString(descriptor);
    Matcher found = entry.matcher(text);
    if (!found.find() || new VersionRange(found.group(2)).includes(candidate.version())) return;
    Files.writeString(descriptor, found.replaceAll("$1" + lock(candidate.version()) + "'"));
  }

  private static String lock(Version version) {
    String step = version.getMajor() + "." + version.getMinor() + ".";
    return "[" + step + version.getMicro() + "," + step + (version.getMicro() + 1) + ")";
  }
}
