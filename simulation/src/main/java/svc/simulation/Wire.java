package svc.simulation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * What manager and supervisors say to each other passes here, whichever way it takes: the rules
 * read it, and a sabotage changes it.
 */
final class Wire {

  private final Machine machine;
  private final Rules rules;
  private boolean done;

  Wire(Machine machine, Rules rules) {
    this.machine = machine;
    this.rules = rules;
  }

  /** The manager sends a request. */
  List<NvList> asked(String supervisor, NvList request) {
    List<NvList> requests = tamper(supervisor, request);
    for (NvList list : requests) {
      machine.note("manager asks " + supervisor + ": " + words(list));
      rules.asked(supervisor, Message.of(list));
    }
    return requests;
  }

  private static String words(NvList list) {
    Message message = Message.of(list);
    String service = Rules.subject(message);
    return message.id() + " " + message.method() + (service.isEmpty() ? "" : " " + service);
  }

  private List<NvList> tamper(String supervisor, NvList request) {
    Message message = Message.of(request);
    String service = Rules.subject(message);
    if (done) return List.of(request);
    if (machine.sabotage == Sabotage.ADOPTED_STOPPED) return stopAdopted(supervisor, request);
    if (service.isEmpty()) return List.of(request);
    return switch (machine.sabotage) {
      case START_FORGED -> {
        String other = rules.startTooEarly();
        yield other.isEmpty() ? List.of(request) : once(request, start(other));
      }
      case STOP_FORGED -> {
        String other = rules.stopTooEarly();
        NvList.Builder stop = Message.request(1 << 20, Method.STOP).string("service", other);
        yield other.isEmpty() ? List.of(request) : once(request, stop.build());
      }
      case ORDER_LOST -> once();
      default -> List.of(request);
    };
  }

  private List<NvList> stopAdopted(String supervisor, NvList request) {
    String found = rules.untouched(supervisor);
    if (found.isEmpty()) return List.of(request);
    NvList.Builder stop = Message.request(1 << 20, Method.STOP).string("service", found);
    return once(request, stop.build());
  }

  private List<NvList> once(NvList... lists) {
    done = true;
    return List.of(lists);
  }

  private NvList start(String service) {
    NvList declaration = Bodies.declaration(rules.graph().declaration(service));
    return Message.request(1 << 20, Method.START).list("declaration", declaration).build();
  }

  /** A supervisor sends an answer or news. */
  List<NvList> answered(String supervisor, NvList answer) {
    Message message = Message.of(answer);
    Status status = Bodies.status(message.list().list("service", NvList.EMPTY));
    if (status == null) {
      boolean lost = machine.sabotage == Sabotage.ANSWER_LOST && !done && isOrder(message);
      return lost ? once() : List.of(answer);
    }
    if (machine.sabotage == Sabotage.RESTART_HIDDEN && isHidden(status)) return List.of();
    Status said = forge(status);
    machine.note(
        supervisor
            + " says "
            + said.service()
            + " is "
            + said.state()
            + (said.pid() == 0 ? "" : " " + said.pid())
            + (said.reason().isEmpty() ? "" : ": " + said.reason()));
    rules.published(machine.sabotage == Sabotage.RESTART_HIDDEN ? status : said);
    return List.of(
        said == status
            ? answer
            : message.answer().list("service", Bodies.status(said).build()).build());
  }

  /** Since when those have been up of which nothing else is told. */
  private final Map<String, Long> upSince = new HashMap<>();

  private boolean isHidden(Status status) {
    return switch (status.state()) {
      case UP -> {
        if (rules.isFollowed(status.service()))
          upSince.putIfAbsent(status.service(), status.since());
        yield false;
      }
      case STARTING, BACKING_OFF -> upSince.containsKey(status.service());
      case STOPPING, DOWN, FAILED, NO_TYPE, SKIPPED -> {
        upSince.remove(status.service());
        yield false;
      }
    };
  }

  private static boolean isOrder(Message message) {
    return !message.method().equals(Method.EVENTS) && !message.method().equals(Method.SHUTDOWN);
  }

  private Status forge(Status status) {
    return switch (machine.sabotage) {
      case RESTART_FORGED -> with(status, status.state(), status.restarts() + 1);
      case UP_FORGED ->
          status.state() == ServiceState.STARTING
              ? with(status, ServiceState.UP, status.restarts())
              : status;
      case DOWN_FORGED ->
          status.state() == ServiceState.STOPPING
              ? with(status, ServiceState.DOWN, status.restarts())
              : status;
      case EXIT_FORGED -> withoutExit(status);
      case RESTART_HIDDEN -> since(status, upSince.getOrDefault(status.service(), status.since()));
      default -> status;
    };
  }

  private static Status with(Status status, ServiceState state, int restarts) {
    return new Status(
        status.service(),
        status.type(),
        state,
        status.wantedUp(),
        status.pid(),
        status.since(),
        restarts,
        status.lastExit(),
        status.reason(),
        status.unmanaged());
  }

  private static Status since(Status status, long since) {
    if (since == status.since()) return status;
    return new Status(
        status.service(),
        status.type(),
        status.state(),
        status.wantedUp(),
        status.pid(),
        since,
        status.restarts(),
        status.lastExit(),
        status.reason(),
        status.unmanaged());
  }

  private static Status withoutExit(Status status) {
    return new Status(
        status.service(),
        status.type(),
        status.state(),
        status.wantedUp(),
        status.pid(),
        status.since(),
        status.restarts(),
        null,
        status.reason(),
        status.unmanaged());
  }

  /** The manager looks at an answer or news now. */
  void heard(String supervisor, NvList answer) {
    rules.heard(supervisor, Message.of(answer));
  }

  /** A supervisor looks at a request now. */
  void taken(SimulatedKernel kernel, NvList request) {
    rules.taken(kernel, Message.of(request));
  }

  /** The same for a supervisor that is in the manager's own process. */
  Local local(String supervisor, Responder responder, SimulatedKernel kernel) {
    return new Local(supervisor, responder, kernel);
  }

  /** One that the manager talks to by method calls. */
  final class Local implements Responder {
    private final String supervisor;
    private final Responder responder;
    private final SimulatedKernel kernel;
    private final Map<Peer, Answers> answers = new HashMap<>();

    /** Another version has its place: what is still on its way is not looked at. */
    private boolean left;

    Local(String supervisor, Responder responder, SimulatedKernel kernel) {
      this.supervisor = supervisor;
      this.responder = responder;
      this.kernel = kernel;
    }

    void leave() {
      left = true;
    }

    private void take(NvList list) {
      if (!left) taken(kernel, list);
    }

    @Override
    public void received(Peer peer, NvList message) {
      Peer back = answers.computeIfAbsent(peer, Answers::new);
      for (NvList list : asked(supervisor, message)) {
        kernel.deliver(() -> take(list), () -> responder.received(back, list));
      }
    }

    @Override
    public void closed(Peer peer) {
      Answers closed = answers.remove(peer);
      closed.over = true;
      responder.closed(closed);
    }

    private final class Answers implements Peer {
      private final Peer peer;

      /** The manager does not look at what is still on its way. */
      private boolean over;

      Answers(Peer peer) {
        this.peer = peer;
      }

      @Override
      public String id() {
        return peer.id();
      }

      @Override
      public boolean send(NvList message) {
        for (NvList list : answered(supervisor, message)) {
          kernel.deliver(() -> hear(list), () -> peer.send(list));
        }
        return true;
      }

      private void hear(NvList list) {
        if (!over) heard(supervisor, list);
      }

      @Override
      public void close() {}
    }
  }
}
