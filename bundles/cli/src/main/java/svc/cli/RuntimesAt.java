package svc.cli;

import picocli.CommandLine.Option;

/** The options that say whose runtimes are meant. */
final class RuntimesAt extends ManagerAt {

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "Where its runtimes are (default: by the socket's place).")
  String runDirectory;

  @Override
  Places places(Session session) {
    return Places.of(session, socket, runDirectory, null);
  }
}
