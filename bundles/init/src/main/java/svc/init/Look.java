package svc.init;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import svc.init.logic.Surroundings;

/** Looks around, before there is a framework: what is started depends on it. */
public final class Look {

  private Look() {}

  /** What this process can see of where it is; what cannot be read counts as empty. */
  public static Surroundings around(Map<String, String> environment) {
    return Surroundings.of(
        new Surroundings.Facts(
            (int) ProcessHandle.current().pid(),
            environment,
            path -> Files.exists(Path.of(path)),
            text("/run/host/container-manager"),
            text("/proc/self/cgroup"),
            text("/proc/self/mountinfo"),
            link("/proc/self/ns/pid")));
  }

  /** A small file of the kernel's. */
  public static String text(String path) {
    try {
      return Files.readString(Path.of(path), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  private static String link(String path) {
    try {
      return Files.readSymbolicLink(Path.of(path)).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
