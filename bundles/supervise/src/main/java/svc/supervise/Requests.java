package svc.supervise;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import svc.ipc.Bodies;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.nv.NvList;
import svc.os.Kernel;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Nearest;
import svc.service.Problem;
import svc.supervise.logic.Action;
import svc.supervise.logic.Service;
import svc.type.ServiceType;

/** What peers ask of a supervisor, and who hears of every change. Loop thread. */
final class Requests {

  /** A request that is answered when its service has read its configuration. */
  private record Reload(Service service, Peer peer, Message request) {}

  private final Kernel kernel;
  private final Supervise supervise;
  private final Map<String, Service> services;
  private final Map<Peer, Message> listeners = new LinkedHashMap<>();
  private final List<Reload> reloads = new ArrayList<>();

  /**
   * @param services those that the supervisor has; some come and go by what is asked here
   */
  Requests(Kernel kernel, Supervise supervise, Map<String, Service> services) {
    this.kernel = kernel;
    this.supervise = supervise;
    this.services = services;
  }

  void answer(Peer peer, Message request) {
    NvList misuse = request.misuse();
    if (misuse != null) {
      peer.send(misuse);
      return;
    }
    switch (request.method()) {
      case Method.START -> start(peer, request);
      case Method.STOP -> named(peer, request, (service, out) -> service.stop(kernel.now(), out));
      case Method.RESTART -> restart(peer, request);
      case Method.DECLARE -> declare(peer, request);
      case Method.RELOAD_SERVICE -> reload(peer, request);
      case Method.KILL -> kill(peer, request);
      case Method.FORGET -> forget(peer, request);
      case Method.STATUS -> peer.send(statuses(request));
      case Method.EVENTS -> listen(peer, request);
      case Method.SHUTDOWN -> supervise.shutdown(() -> peer.send(request.answer().build()));
      default -> peer.send(request.refusal(ErrorCode.NO_METHOD, "no method " + request.method()));
    }
  }

  private void start(Peer peer, Message request) {
    Declaration declaration = Bodies.declaration(request.list().list("declaration", NvList.EMPTY));
    String problem = supervise.isEnding() ? "everything is being stopped" : problem(declaration);
    if (!problem.isEmpty()) {
      peer.send(request.refusal(ErrorCode.INVALID, problem));
      return;
    }
    Service service =
        services.computeIfAbsent(declaration.name(), name -> supervise.create(declaration));
    if (!service.isOfType(declaration) && !Supervise.rests(service)) {
      String text = service.name() + " runs as " + service.declaration().type();
      peer.send(request.refusal(ErrorCode.WRONG_STATE, text));
      return;
    }
    supervise.event(
        service,
        out -> {
          supervise.declare(service, declaration);
          service.start(kernel.now(), out);
        });
    peer.send(request.answer().build());
  }

  private void declare(Peer peer, Message request) {
    Declaration declaration = Bodies.declaration(request.list().list("declaration", NvList.EMPTY));
    Service service = services.get(declaration.name());
    String problem = service == null ? "no such service" : problem(declaration);
    if (problem.isEmpty() && !service.isOfType(declaration)) problem = "of another type";
    if (problem.isEmpty()) supervise.event(service, out -> supervise.declare(service, declaration));
    peer.send(request.outcome(problem.isEmpty() ? ErrorCode.OK : ErrorCode.INVALID, problem));
  }

  /** With a declaration the next instance is by that one. */
  private void restart(Peer peer, Message request) {
    NvList list = request.list().list("declaration", NvList.EMPTY);
    Declaration declaration = Bodies.declaration(list);
    named(
        peer,
        request,
        (service, out) -> {
          boolean usable = problem(declaration).isEmpty() && service.isOfType(declaration);
          if (list.exists("service") && usable) supervise.declare(service, declaration);
          service.restart(kernel.now(), out);
        });
  }

  /**
   * The manager has checked it; a mistake found here is one more that does not reach a machine's
   * state.
   */
  private String problem(Declaration declaration) {
    if (!Kind.isName(declaration.name())) return "no service name: \"" + declaration.name() + "\"";
    ServiceType type = supervise.type(declaration.type());
    if (type == null) return "";
    List<Problem> problems = Keys.check(declaration, type.keys());
    if (problems.isEmpty()) problems = type.check(declaration);
    return problems.isEmpty() ? "" : problems.get(0).toString();
  }

  private void named(Peer peer, Message request, BiConsumer<Service, List<Action>> wish) {
    Service service = find(peer, request);
    if (service == null) return;
    supervise.event(service, out -> wish.accept(service, out));
    peer.send(request.answer().build());
  }

  private Service find(Peer peer, Message request) {
    String name = request.list().string("service", "");
    Service service = services.get(name);
    if (service == null) {
      String text = "no service " + name + Nearest.hint(name, services.keySet());
      peer.send(request.refusal(ErrorCode.NO_SERVICE, text));
    }
    return service;
  }

  /** Answered when it is through. */
  private void reload(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    String refusal = service.reloadRefusal();
    if (!refusal.isEmpty()) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, refusal));
      return;
    }
    reloads.add(new Reload(service, peer, request));
    supervise.event(service, out -> service.reload(kernel.now(), out));
  }

  /** Some may be through. */
  void answerReloads() {
    List<Reload> over = reloads.stream().filter(reload -> !reload.service.reloading()).toList();
    reloads.removeAll(over);
    for (Reload each : over) {
      String problem = each.service.reloadProblem();
      ErrorCode code = problem.isEmpty() ? ErrorCode.OK : ErrorCode.FAILED;
      each.peer.send(each.request.outcome(code, each.service.name() + ": " + problem));
    }
  }

  private void kill(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    Signal signal = Signal.of(request.list().number("signal", 0)).orElse(null);
    boolean[] sent = new boolean[1];
    boolean mainOnly = request.list().bool("main", false);
    if (signal != null)
      supervise.event(service, out -> sent[0] = service.kill(signal, mainOnly, out));
    if (sent[0]) peer.send(request.answer().build());
    else if (signal == null) peer.send(request.refusal(ErrorCode.INVALID, "no such signal"));
    else {
      String text = service.name() + " is " + service.state() + ": nothing of it runs";
      peer.send(request.refusal(ErrorCode.WRONG_STATE, text));
    }
  }

  private void forget(Peer peer, Message request) {
    Service service = find(peer, request);
    if (service == null) return;
    if (!Supervise.rests(service)) {
      peer.send(request.refusal(ErrorCode.WRONG_STATE, service.name() + " is " + service.state()));
      return;
    }
    supervise.forget(service);
    peer.send(request.answer().build());
  }

  private NvList statuses(Message request) {
    List<NvList> statuses = new ArrayList<>();
    for (Service service : services.values()) statuses.add(Bodies.status(service.status()).build());
    NvList.Builder answer = request.answer().number("pid", kernel.pid());
    return (statuses.isEmpty() ? answer : answer.lists("services", statuses)).build();
  }

  private void listen(Peer peer, Message request) {
    if (peer.send(statuses(request))) listeners.put(peer, request);
  }

  /** Tells whoever listens how a service is. */
  void publish(NvList status) {
    listeners
        .entrySet()
        .removeIf(listener -> !tell(listener.getKey(), listener.getValue(), status));
  }

  private static boolean tell(Peer peer, Message request, NvList status) {
    return peer.send(request.answer().list("service", status).build());
  }

  void closed(Peer peer) {
    listeners.remove(peer);
  }
}
