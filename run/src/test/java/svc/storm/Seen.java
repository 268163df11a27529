package svc.storm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A process as a look at /proc found it (proc(5)).
 *
 * @param started in clock ticks since boot
 * @param leads whether it leads a session
 * @param threads whether it has more than one
 * @param command its words, each with a blank behind
 * @param service what its mark says, or empty
 */
record Seen(
    long pid,
    long parent,
    long started,
    boolean leads,
    boolean threads,
    String command,
    String service) {

  private static final String MARK = "SVC_SERVICE=";

  /** Null when it has ended, be it a zombie or gone. */
  static Seen at(Path process) {
    try {
      String[] stat = stat(process);
      if (stat[0].equals("Z") || stat[0].equals("X")) return null;
      String pid = process.getFileName().toString();
      return new Seen(
          Long.parseLong(pid),
          Long.parseLong(stat[1]),
          Long.parseLong(stat[19]),
          stat[3].equals(pid),
          !stat[17].equals("1"),
          text(process.resolve("cmdline")).replace('\0', ' '),
          service(text(process.resolve("environ"))));
    } catch (IOException gone) {
      return null;
    }
  }

  /** Whether the same process still runs. */
  boolean runs(Path proc) {
    try {
      String[] stat = stat(proc.resolve(String.valueOf(pid)));
      return !stat[0].equals("Z") && !stat[0].equals("X") && stat[19].equals("" + started);
    } catch (IOException gone) {
      return false;
    }
  }

  /** From the third field on. */
  private static String[] stat(Path process) throws IOException {
    String stat = text(process.resolve("stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }

  private static String service(String environment) {
    return Arrays.stream(environment.split("\0"))
        .filter(entry -> entry.startsWith(MARK))
        .map(entry -> entry.substring(MARK.length()))
        .findFirst()
        .orElse("");
  }

  /** Whether it is an instance of a service, and not what starts one or was started by it. */
  boolean isInstance() {
    return leads && (stays() || command.contains("service.sh ")) && !service.isEmpty();
  }

  /** Whether it is of a kind that never ends by itself. */
  boolean stays() {
    return command.startsWith("sleep infinity") || command.contains("talk.sh ");
  }

  /**
   * The runtime that it is: {@code manager}, or a supervisor by its name; empty for others. A child
   * that has not got to its exec(2) yet when its parent is killed looks like that one, but for its
   * threads.
   */
  String runtime() {
    if (!threads || !service.isEmpty()) return "";
    if (command.contains("/bin/svc-manager ") || command.contains("=svc-manager "))
      return World.MANAGER;
    boolean supervise =
        command.contains("/bin/svc-supervise ") || command.contains("=svc-supervise ");
    return supervise ? after("--name ") : "";
  }

  private String after(String option) {
    int at = command.indexOf(option) + option.length();
    return command.substring(at, command.indexOf(' ', at));
  }
}
