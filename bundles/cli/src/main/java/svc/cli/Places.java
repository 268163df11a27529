package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a manager and those who talk to it meet.
 *
 * @param socket the manager's
 * @param run the directory of its records and its supervisors' sockets
 * @param log the directory of the services' output
 */
record Places(Path socket, Path run, Path log) {

  /**
   * The system's for root, the user's own for a user, and the next best where those cannot be
   * written to; a socket that is named brings its neighbourhood along. An argument that is null is
   * not given.
   */
  static Places of(Session session, String socket, String run, String log) {
    Places usual = usual(session, socket == null ? session.variable("SVC_SOCKET", null) : socket);
    Path runDirectory = run == null ? usual.run : absolute(run);
    Path logs = run == null ? usual.log : runDirectory.resolve("log");
    return new Places(usual.socket, runDirectory, log == null ? logs : absolute(log));
  }

  private static Places usual(Session session, String socket) {
    if (socket != null) {
      Path run = absolute(socket + ".d");
      return new Places(absolute(socket), run, run.resolve("log"));
    }
    if (session.uid() == 0 && Files.isWritable(Path.of("/run"))) {
      Path run = Path.of("/run/svc");
      Path log = Path.of("/var/log/svc");
      return new Places(Path.of("/run/.svc-sock"), run, canBe(log) ? log : run.resolve("log"));
    }
    String runtime = session.uid() == 0 ? null : session.variable("XDG_RUNTIME_DIR", null);
    Path own = runtime == null ? temporary(session) : Path.of(runtime, "svc");
    return new Places(own.resolve("sock"), own, own.resolve("log"));
  }

  /**
   * Where plugins are looked for: beside the declarations, {@code /etc/svc/plugins} or a user's
   * {@code ~/.config/svc/plugins}; where the run directory is none of the usual ones, in that. So a
   * manager and its supervisors, who are told the run directory, find the same.
   */
  Path plugins(Session session) {
    if (!run.equals(usual(session, null).run)) return run.resolve("plugins");
    if (session.uid() == 0) return Path.of("/etc/svc/plugins");
    return Path.of(session.variable("HOME", "/"), ".config", "svc", "plugins");
  }

  private static boolean canBe(Path directory) {
    return Files.isWritable(Files.exists(directory) ? directory : directory.getParent());
  }

  /** Where anybody can write: a container's root file system may be read-only. */
  private static Path temporary(Session session) {
    Path place = Path.of(Files.isWritable(Path.of("/tmp")) ? "/tmp" : "/dev/shm");
    return place.resolve("svc-" + session.uid());
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  /**
   * Makes the directories.
   *
   * @throws Failure also when one where anybody could have made it is not ours
   */
  void prepare(Session session) throws Failure {
    make(socket.getParent(), "rwx------");
    // a manager that is a service of ours lives below, maybe as another user
    make(run, session.uid() == 0 ? "rwx--x--x" : "rwx------");
    make(log, "rwxr-x---");
    Path shared = temporary(session);
    if (!run.startsWith(shared)) return;
    try {
      Object owner = Files.getAttribute(shared, "unix:uid", LinkOption.NOFOLLOW_LINKS);
      if (!owner.equals(session.uid()) || Files.isSymbolicLink(shared))
        throw Failure.failed(shared + ": belongs to somebody else; set XDG_RUNTIME_DIR");
    } catch (IOException e) {
      throw Failure.file(shared, e);
    }
  }

  private static void make(Path directory, String mode) throws Failure {
    if (Files.isDirectory(directory)) return;
    try {
      Files.createDirectories(
          directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
  }
}
