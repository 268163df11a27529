package svc.os;

import java.util.ArrayList;
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
 * @param in what it reads
 * @param out what it writes to
 * @param err what it tells errors on
 * @param place which session and process group it is in
 * @param descriptors ours, of {@link Kernel#listen}, that are 3, 4 and so on in the child, 64 at
 *     most; where there are any, it also has its pid in LISTEN_PID (sd_listen_fds(3)), by a shell
 *     that stands in front of it for a moment
 * @param attributes what else it is given
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
    Stream err,
    Place place,
    List<Integer> descriptors,
    Attributes attributes) {

  /**
   * Without descriptors of ours.
   *
   * @param words program and arguments
   * @param environment each entry {@code NAME=value}
   * @param directory where it starts
   * @param user name or uid, or null
   * @param group name or gid, or null
   * @param umask as in umask(2), or -1
   * @param in descriptor 0
   * @param out descriptor 1
   * @param err descriptor 2
   * @param place which session and process group it is in
   */
  public Spawn(
      List<String> words,
      List<String> environment,
      String directory,
      String user,
      String group,
      int umask,
      Stream in,
      Stream out,
      Stream err,
      Place place) {
    this(
        words,
        environment,
        directory,
        user,
        group,
        umask,
        in,
        out,
        err,
        place,
        List.of(),
        Attributes.NONE);
  }

  /**
   * In a session of its own.
   *
   * @param words program and arguments
   * @param environment each entry {@code NAME=value}
   * @param directory where it starts
   * @param user name or uid, or null
   * @param group name or gid, or null
   * @param umask as in umask(2), or -1
   * @param in descriptor 0
   * @param out descriptor 1
   * @param err descriptor 2
   */
  public Spawn(
      List<String> words,
      List<String> environment,
      String directory,
      String user,
      String group,
      int umask,
      Stream in,
      Stream out,
      Stream err) {
    this(words, environment, directory, user, group, umask, in, out, err, Place.SESSION);
  }

  /**
   * Copies the lists.
   *
   * @param descriptors ours, which become 3 and those that follow
   * @param words program and arguments
   * @param environment each entry {@code NAME=value}
   * @param directory where it starts
   * @param user name or uid, or null
   * @param group name or gid, or null
   * @param umask as in umask(2), or -1
   * @param in descriptor 0
   * @param out descriptor 1
   * @param err descriptor 2
   * @param place which session and process group it is in
   * @param attributes what else it is given
   * @throws IllegalArgumentException when there is no program
   */
  public Spawn {
    if (words.isEmpty()) throw new IllegalArgumentException("no program");
    words = List.copyOf(words);
    environment = List.copyOf(environment);
    descriptors = List.copyOf(descriptors);
    if (descriptors.size() > 64) throw new IllegalArgumentException("descriptors: " + descriptors);
  }

  /**
   * The same, with more in its environment and descriptors of ours.
   *
   * @param more each {@code NAME=value}
   * @param descriptors ours, which become 3 and those that follow
   * @return a copy
   */
  public Spawn with(List<String> more, List<Integer> descriptors) {
    List<String> all = new ArrayList<>(environment);
    all.addAll(more);
    return new Spawn(
        words, all, directory, user, group, umask, in, out, err, place, descriptors, attributes);
  }

  /**
   * The same, and more that it is given.
   *
   * @param attributes in place of those that it had
   * @return a copy
   */
  public Spawn with(Attributes attributes) {
    return new Spawn(
        words,
        environment,
        directory,
        user,
        group,
        umask,
        in,
        out,
        err,
        place,
        descriptors,
        attributes);
  }

  /**
   * The same, and something to write to.
   *
   * @param outlet a FIFO and the number that it has in the child
   * @return a copy
   */
  public Spawn with(Attributes.Outlet outlet) {
    return with(attributes.with(outlet));
  }

  /** The session and process group of a child (credentials(7)). */
  public enum Place {
    /** It leads a session of its own, without a terminal. */
    SESSION,
    /** It leads a process group of its own in our session. */
    GROUP,
    /** As {@link #GROUP}, and our controlling terminal, on descriptor 0, is given to it. */
    FOREGROUND
  }

  /** What one of descriptors 0, 1 and 2 is in the child. */
  public sealed interface Stream {
    /** /dev/null */
    Stream NULL = new Null();

    /** Ours. */
    Stream INHERIT = new Inherit();

    /** The device of {@link Attributes#terminal}, to read and write. */
    Stream TERMINAL = new Terminal();

    /** /dev/null */
    record Null() implements Stream {}

    /** Ours. */
    record Inherit() implements Stream {}

    /** The device of {@link Attributes#terminal}, to read and write. */
    record Terminal() implements Stream {}

    /**
     * A file: read from when it is the input, created (mode 0640) and appended to when it is an
     * output.
     *
     * @param path of the file
     */
    record File(String path) implements Stream {}

    /**
     * A FIFO that the child reads and writes, so that it is its own reader when all others are
     * gone, and is never told that nobody reads (SIGPIPE). It is made when it is not there and
     * belongs to the child's user, who can open it again (/dev/stdout), where it is the child's.
     *
     * @param path an absolute path
     * @param own whether it is the child's; otherwise nobody else's is made
     */
    record Fifo(String path, boolean own) implements Stream {

      /**
       * The child's own.
       *
       * @param path an absolute path
       */
      public Fifo(String path) {
        this(path, true);
      }
    }
  }
}
