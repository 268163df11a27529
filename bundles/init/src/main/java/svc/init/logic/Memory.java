package svc.init.logic;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link Lifecycle} has to know of the one before it, when the program of process 1 is
 * executed anew or its bundle is replaced. Spans of time are from the moment when it was made.
 *
 * @param remaining nanoseconds to the deadline, or {@link Lifecycle#NEVER}
 * @param managerAge nanoseconds since the manager was started
 */
public record Memory(
    Lifecycle.State state,
    BootLine.Mode mode,
    String target,
    long remaining,
    boolean managerRuns,
    long managerAge,
    long delay,
    int failures,
    int endings,
    int orderly,
    int workload,
    boolean workloadOver,
    boolean reached,
    boolean shellRuns,
    boolean asked,
    Leave leave,
    int status,
    boolean halt) {

  /** As texts by name, for a file. */
  public Map<String, String> texts() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("state", state.name());
    texts.put("mode", mode.name());
    texts.put("target", target);
    texts.put("remaining", String.valueOf(remaining));
    texts.put("manager-runs", String.valueOf(managerRuns));
    texts.put("manager-age", String.valueOf(managerAge));
    texts.put("delay", String.valueOf(delay));
    texts.put("failures", String.valueOf(failures));
    texts.put("endings", String.valueOf(endings));
    texts.put("orderly", String.valueOf(orderly));
    texts.put("workload", String.valueOf(workload));
    texts.put("workload-over", String.valueOf(workloadOver));
    texts.put("reached", String.valueOf(reached));
    texts.put("shell-runs", String.valueOf(shellRuns));
    texts.put("asked", String.valueOf(asked));
    texts.put("leave", leave.name());
    texts.put("status", String.valueOf(status));
    texts.put("halt", String.valueOf(halt));
    return texts;
  }

  /**
   * What was written.
   *
   * @return null when something is missing or is not what it should be
   */
  public static Memory of(Map<String, String> texts) {
    try {
      return new Memory(
          Lifecycle.State.valueOf(text(texts, "state")),
          BootLine.Mode.valueOf(text(texts, "mode")),
          text(texts, "target"),
          Long.parseLong(text(texts, "remaining")),
          Boolean.parseBoolean(text(texts, "manager-runs")),
          Long.parseLong(text(texts, "manager-age")),
          Long.parseLong(text(texts, "delay")),
          Integer.parseInt(text(texts, "failures")),
          Integer.parseInt(text(texts, "endings")),
          Integer.parseInt(text(texts, "orderly")),
          Integer.parseInt(text(texts, "workload")),
          Boolean.parseBoolean(text(texts, "workload-over")),
          Boolean.parseBoolean(text(texts, "reached")),
          Boolean.parseBoolean(text(texts, "shell-runs")),
          Boolean.parseBoolean(text(texts, "asked")),
          Leave.valueOf(text(texts, "leave")),
          Integer.parseInt(text(texts, "status")),
          Boolean.parseBoolean(text(texts, "halt")));
    } catch (IllegalArgumentException otherVersion) {
      return null;
    }
  }

  private static String text(Map<String, String> texts, String name) {
    String text = texts.get(name);
    if (text == null) throw new IllegalArgumentException(name);
    return text;
  }
}
