package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import svc.manager.logic.Origin;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Nearest;

/**
 * What a target wants, as it is kept: drop-ins {@code TARGET.ini.d/SERVICE.ini} of one line in the
 * directory that counts most.
 */
final class Wanting {

  private static final List<Key> NAMING = List.of(Keys.REQUIRES, Keys.FOLLOWS, Keys.WANTS);

  private final List<Path> directories;
  private final String target;

  /**
   * @param directories with declarations, the one that counts most first
   */
  Wanting(List<Path> directories, String target) {
    this.directories = directories;
    this.target = target;
  }

  /**
   * Has the target want a service.
   *
   * @return what was done, for people
   */
  String enable(String service) throws Failure {
    Declared declared = read(service);
    var known = declared.configuration().declarations();
    if (!Kind.isName(service) || !known.containsKey(service)) {
      String hint = Nearest.hint(service, known.keySet());
      throw Failure.notPossible("no service " + Text.line(service) + " is declared" + hint);
    }
    String place = place(declared, service);
    if (!place.isEmpty()) return service + " is enabled already, by " + place;
    Path file = file(directories.get(0), service);
    write(file, "[depend]\nwants = " + service + "\n");
    return service + " is enabled, by " + file;
  }

  /** The opposite. A file of a directory that counts less is masked by an empty one. */
  String disable(String service) throws Failure {
    if (!Kind.isName(service)) throw Failure.notPossible("no service " + Text.line(service));
    String before = place(read(service), service);
    if (before.isEmpty()) return service + " is not enabled";
    Path file = file(directories.get(0), service);
    delete(file);
    String now = place(read(service), service);
    if (now.isEmpty()) return service + " is disabled: " + file + " is gone";
    if (isBelow(now, service)) write(file, "");
    now = place(read(service), service);
    if (!now.isEmpty())
      throw Failure.failed(target + " needs " + service + " still, by " + now + "; edit that");
    return service + " is disabled: " + file + " masks " + before;
  }

  private Declared read(String service) throws Failure {
    Declared declared = Declared.read(directories, target, List.of(service));
    Origin origin = declared.configuration().origins().get(target);
    if (origin != null && !origin.masked()) return declared;
    String all = ", so all services are brought up; an empty NAME.ini masks one";
    throw Failure.failed(
        "no target "
            + Text.line(target)
            + " is declared in "
            + declared.directory()
            + (target.equals("default") ? all : ""));
  }

  /** Where the target names a service, as {@code FILE:LINE}; or empty. */
  private String place(Declared declared, String service) {
    Declaration declaration = declared.configuration().declarations().get(target);
    for (Entry entry : declaration.entries()) {
      if (NAMING.stream().noneMatch(key -> key.names(entry))) continue;
      if (!List.of(entry.value().split("[\\s,]+")).contains(service)) continue;
      String file = entry.file().isEmpty() ? declaration.file() : entry.file();
      return file + ":" + entry.line();
    }
    return "";
  }

  private Path file(Path directory, String service) {
    return directory.resolve(target + ".ini.d").resolve(service + ".ini");
  }

  /** Whether a place is in a file of that name in a directory that counts less. */
  private boolean isBelow(String place, String service) {
    return directories.stream()
        .skip(1)
        .anyMatch(directory -> place.startsWith(file(directory, service) + ":"));
  }

  /** In one step: a manager may be reading. */
  private static void write(Path file, String text) throws Failure {
    try {
      Files.createDirectories(file.getParent());
      Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }

  private static void delete(Path file) throws Failure {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }
}
