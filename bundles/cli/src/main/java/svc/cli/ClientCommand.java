package svc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import picocli.CommandLine.Mixin;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.launch.Replacing;
import svc.nv.NvList;

/** A command that talks to a manager. */
abstract class ClientCommand extends Subcommand {

  static final Path PROC = Path.of("/proc");

  @Mixin ManagerAt manager;

  ClientCommand(Session session) {
    super(session);
  }

  /** How often a manager may be executed anew under one question. */
  private static final int TRIES = 5;

  @Override
  public final Integer call() throws Failure {
    check();
    Places places = manager.places(session);
    for (int tries = 1; ; tries++) {
      try (Client client = Client.connect(places)) {
        int status = talk(client);
        session.flush();
        return status;
      } catch (Failure lost) {
        boolean again = repeatable() && lost.status() == Failure.UNREACHABLE && tries < TRIES;
        if (!again || !Replacing.isGoingOn(places.run())) throw lost;
      }
    }
  }

  /** What is wrong with the command line, whether a manager is there or not. */
  void check() throws Failure {}

  /** Whether it can be asked again when the manager was lost before it had answered. */
  boolean repeatable() {
    return false;
  }

  /** Does its work and gives the exit status. */
  abstract int talk(Client client) throws Failure;

  /** A request about some services, each named once. */
  static NvList.Builder about(NvList.Builder request, List<String> services) throws Failure {
    if (services == null || services.isEmpty()) return request;
    try {
      return request.strings("services", new ArrayList<>(new LinkedHashSet<>(services)));
    } catch (IllegalArgumentException e) {
      throw Failure.usage("a service's name cannot contain that: " + e.getMessage());
    }
  }

  static Message status(Client client, List<String> services) throws Failure {
    return client.ask(about(client.request(Method.STATUS), services), Client.PATIENCE_SECONDS);
  }

  /** The reply to {@link Method#STATUS} as one line of JSON. */
  static String json(Message status) {
    NvList list = status.list();
    Json json = new Json().open('{').name("services").open('[');
    for (NvList service : list.lists("services")) {
      json.open('{').fields(service);
      Cgroup.add(json, service, PROC);
      json.close('}');
    }
    json.close(']');
    json.field("target", list.string("target", ""));
    json.field("directory", list.string("directory", ""));
    json.field("directories", list.strings("directories"));
    return json.field("pid", list.number("pid", 0)).close('}').toString();
  }
}
