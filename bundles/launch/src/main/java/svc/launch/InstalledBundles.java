package svc.launch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/** {@code bundles/} of the installed tree, from which the launcher starts. */
final class InstalledBundles implements Keeper {

  private static final String AGAIN = "the next start has the old one again: ";

  private final Path directory;
  private final String descriptor;
  private final Map<String, VersionRange> wanted;

  InstalledBundles(Path home, String descriptor, Map<String, VersionRange> wanted) {
    this.directory = home.resolve("bundles");
    this.descriptor = "etc/" + descriptor + ".bndrun";
    this.wanted = wanted;
  }

  @Override
  public String keep(String old, String fresh, String version, Path jar) throws IOException {
    VersionRange range = wanted.get(fresh);
    if (range == null) return AGAIN + descriptor + " does not name it";
    Version parsed = Version.parseVersion(version);
    if (!range.includes(parsed)) return AGAIN + descriptor + " asks for " + range;
    try {
      replace(fresh, parsed, range, jar);
      return "";
    } catch (AccessDeniedException e) {
      return AGAIN + directory + " cannot be written to";
    } catch (FileSystemException e) {
      return AGAIN + directory + ": " + e.getReason();
    } catch (LaunchException e) {
      return AGAIN + e.getMessage();
    }
  }

  /** In one step: a start at any moment finds the old file or the new. */
  private void replace(String name, Version version, VersionRange range, Path jar)
      throws IOException, LaunchException {
    Map<Version, Path> jars = Descriptor.jars(directory).getOrDefault(name, Map.of());
    Path target = jars.getOrDefault(version, directory.resolve(name + "-" + version + ".jar"));
    if (!Files.exists(target) || Files.mismatch(target, jar) >= 0) put(jar, target);
    for (Map.Entry<Version, Path> each : jars.entrySet()) {
      boolean other = !each.getKey().equals(version) && range.includes(each.getKey());
      if (other) Files.delete(each.getValue()); // the highest version is the one that is started
    }
  }

  static void put(Path jar, Path target) throws IOException {
    Path beside = target.resolveSibling("." + target.getFileName() + ".new");
    Files.copy(jar, beside, StandardCopyOption.REPLACE_EXISTING);
    if (Files.exists(target))
      Files.setPosixFilePermissions(beside, Files.getPosixFilePermissions(target));
    try (FileChannel written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
