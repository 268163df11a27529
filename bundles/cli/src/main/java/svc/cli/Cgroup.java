package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import svc.nv.NvList;

/** The cgroup that a supervisor made for a service (cgroups(7)), as its main process has it. */
final class Cgroup {

  private static final String UNIFIED = "0::";

  private Cgroup() {}

  /** Adds it to an object that is open, where there is one and its process may be asked. */
  static void add(Json json, NvList service, Path proc) {
    String path = of(service.string("service", ""), service.number("pid", 0), proc);
    if (!path.isEmpty()) json.field("cgroup", path);
  }

  /**
   * Its path from the root that we see, or empty.
   *
   * @param pid of its main process, or 0
   */
  static String of(String service, long pid, Path proc) {
    if (pid <= 0) return "";
    try {
      for (String line : Files.readAllLines(proc.resolve(pid + "/cgroup")))
        if (line.startsWith(UNIFIED)) return upTo("/svc." + service, line.substring(3));
    } catch (IOException gone) {
      // it has ended, or /proc is not what we know
    }
    return "";
  }

  /** It may have divided its own. */
  private static String upTo(String name, String path) {
    int at = (path + "/").lastIndexOf(name + "/");
    return at < 0 ? "" : path.substring(0, at + name.length());
  }
}
