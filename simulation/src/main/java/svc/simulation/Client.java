package svc.simulation;

import java.util.List;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.manager.Manager;
import svc.nv.NvList;
import svc.os.Signal;
import svc.service.ServiceState;
import svc.service.Status;

/** Somebody who asks the manager for one thing and waits for the answer, which has to be true. */
final class Client implements Peer {

  private final String id;
  private final Machine machine;
  private final Rules rules;
  private Manager manager;
  private final String method;
  private final List<String> services;
  private final String pin;

  /** Of a kill. */
  private final int signal;

  /** As how many-th it was asked for. */
  private final long wish;

  private boolean answered;
  private String refusal = "";

  Client(
      String id,
      Machine machine,
      Rules rules,
      Manager manager,
      String method,
      List<String> services,
      String pin) {
    this.id = id;
    this.pin = pin;
    this.machine = machine;
    this.rules = rules;
    this.manager = manager;
    this.method = method;
    this.services = services;
    this.wish = rules.wished(pin.equals("down") ? Method.STOP : method, services);
    this.signal = method.equals(Method.KILL) ? signal(machine) : 0;
  }

  private static int signal(Machine machine) {
    return machine.random.nextBoolean() ? Signal.TERM.number() : Signal.KILL.number();
  }

  void ask() {
    machine.note("client asks: " + this);
    NvList.Builder request = Message.request(1, method);
    if (!pin.isEmpty()) request.string("pin", pin);
    if (method.equals(Method.KILL))
      request.string("service", services.get(0)).number("signal", signal);
    else if (!services.isEmpty()) request.strings("services", services);
    manager.received(this, request.build());
  }

  /** What was not answered is given to another manager, as svc.socket does. */
  void askAgain(Manager next) {
    manager = next;
    if (!answered) ask();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public boolean send(NvList list) {
    Message answer = Message.of(list);
    refusal = answer.errorText();
    machine.note("client hears: " + this + (answer.ok() ? " is done" : ": " + refusal));
    if (answered) throw new BrokenRule(this + " is answered twice");
    if (!answer.ok() && refusal.isEmpty())
      throw new BrokenRule(this + " is refused without a word");
    answered = true;
    if (method.equals(Method.KILL)) rules.killed(services);
    if (answer.ok()) services.forEach(this::check);
    if (answer.ok()) rules.granted(method, services, wish);
    if (answer.ok() && !pin.isEmpty()) rules.pinned(services, pin, this);
    return true;
  }

  private void check(String service) {
    if (method.equals(Method.KILL)) return; // what comes of it the rules see
    if (pin.equals("none")) return;
    boolean wantsDown = method.equals(Method.STOP) || pin.equals("down");
    if (!manager.graph().services().contains(service) && wantsDown) return;
    Status status = manager.view(service).status();
    boolean up = status.state() == ServiceState.UP || status.state() == ServiceState.SKIPPED;
    boolean down = status.state() == ServiceState.DOWN || status.state() == ServiceState.FAILED;
    if (wantsDown ? !down : !up) {
      throw new BrokenRule(this + " is done, and " + service + " is " + status.state());
    }
  }

  boolean answered() {
    return answered;
  }

  /** It was answered, and not refused. */
  boolean done() {
    return answered && refusal.isEmpty();
  }

  String refusal() {
    return refusal;
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return method + (pin.isEmpty() ? " " : " " + pin + " ") + String.join(" ", services);
  }
}
