package svc.cli;

import picocli.CommandLine.Option;

/** The options that say which manager is meant. */
class ManagerAt {

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The manager's socket (default: $SVC_SOCKET, or the usual place).")
  String socket;

  Places places(Session session) {
    return Places.of(session, socket, null, null);
  }
}
