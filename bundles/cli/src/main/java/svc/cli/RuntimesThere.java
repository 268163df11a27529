package svc.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import svc.ipc.Message;
import svc.nv.NvList;

/** The runtimes that live in a run directory, and can be asked about their bundles. */
final class RuntimesThere {

  private final List<Path> sockets;

  private RuntimesThere(List<Path> sockets) {
    this.sockets = sockets;
  }

  /** Those whose sockets are there and answered to, the manager's first. */
  static RuntimesThere in(Places places) throws Failure {
    List<Path> living = new ArrayList<>();
    for (Path socket : sockets(places.run().resolve("update"))) {
      if (lives(socket)) living.add(socket);
    }
    return new RuntimesThere(living);
  }

  /** By name: init, manager, supervise-main, ... */
  private static List<Path> sockets(Path directory) throws Failure {
    if (!Files.isDirectory(directory)) return List.of();
    List<Path> sockets = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.sock")) {
      found.forEach(sockets::add);
    } catch (IOException e) {
      throw Failure.file(directory, e);
    }
    sockets.sort(null);
    return sockets;
  }

  /** A runtime that was killed has left its socket. */
  private static boolean lives(Path socket) {
    try {
      Client.connect(socket).close();
      return true;
    } catch (Failure nobodyListens) {
      return false;
    }
  }

  List<Path> sockets() {
    return sockets;
  }

  /** One question to one of them, in a conversation of its own. */
  static NvList ask(Path socket, String method, String jar, int seconds) throws Failure {
    try (Client client = Client.connect(socket)) {
      NvList.Builder request = client.request(method);
      if (!jar.isEmpty()) request.string("jar", jar);
      Message answer = client.ask(request, seconds);
      return answer.list();
    }
  }
}
