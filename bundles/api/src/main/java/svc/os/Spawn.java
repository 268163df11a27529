package svc.os;

import java.util.List;

/**
 * A process to start.
 *
 * @param words program and arguments; a program without a slash is looked for in the PATH of the
 *     environment given here
 * @param environment all of the child's environment, each entry {@code NAME=value}
 * @param directory where it starts
 * @param user name or uid, or null to stay who we are
 * @param group name or gid, or null for the user's own groups
 * @param umask as in umask(2), or -1 to keep ours
 */
public record Spawn(
    List<String> words,
    List<String> environment,
    String directory,
    String user,
    String group,
    int umask,
    Stream in,
    Stream out,
    Stream err) {

  public Spawn {
    if (words.isEmpty()) throw new IllegalArgumentException("no program");
    words = List.copyOf(words);
    environment = List.copyOf(environment);
  }

  /** What one of descriptors 0, 1 and 2 is in the child. */
  public sealed interface Stream {
    Stream NULL = new Null();
    Stream INHERIT = new Inherit();

    /** /dev/null */
    record Null() implements Stream {}

    /** Ours. */
    record Inherit() implements Stream {}

    /**
     * A file: read from when it is the input, created (mode 0640) and appended to when it is an
     * output.
     */
    record File(String path) implements Stream {}
  }
}
