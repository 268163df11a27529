package svc.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.nv.NvList;
import svc.service.Status;

/**
 * The conversation with one supervise: requests and the news that it sends by itself. Only the loop
 * thread calls.
 */
final class Supervisor {

  /** What comes of the conversation. */
  interface Events {
    /**
     * It said all that it knows: when it was asked first, and whenever another version of it has
     * taken over.
     *
     * @param pid the process that it is in, or 0 when it does not say
     */
    void ready(Supervisor supervisor, int pid, List<Status> statuses);

    void changed(Supervisor supervisor, Status status);
  }

  private final String name;
  private final Peer peer;
  private final Events events;
  private final Map<Long, Consumer<Message>> waiting = new HashMap<>();
  private long lastId;
  private long news;

  Supervisor(String name, Peer peer, Events events) {
    this.name = name;
    this.peer = peer;
    this.events = events;
  }

  String name() {
    return name;
  }

  /** Asks for its services and for every change from then on. */
  void greet() {
    news = ask(Method.EVENTS, request -> {}, this::greeted);
  }

  private void greeted(Message reply) {
    events.ready(this, (int) reply.list().number("pid", 0), statuses(reply));
  }

  /**
   * @param body adds to the request
   * @param whenAnswered is not called when the conversation ends before
   */
  long ask(String method, Consumer<NvList.Builder> body, Consumer<Message> whenAnswered) {
    long id = ++lastId;
    NvList.Builder request = Message.request(id, method);
    body.accept(request);
    waiting.put(id, whenAnswered);
    peer.send(request.build());
    return id;
  }

  void received(NvList list) {
    Message message = Message.of(list);
    Consumer<Message> waiter = waiting.remove(message.id());
    if (waiter != null) waiter.accept(message);
    else if (message.id() == news && message.list().exists("pid")) greeted(message);
    else if (message.id() == news) changed(message.list().list("service", NvList.EMPTY));
  }

  private void changed(NvList list) {
    Status status = Bodies.status(list);
    if (status != null) events.changed(this, status);
  }

  private static List<Status> statuses(Message reply) {
    List<Status> statuses = new ArrayList<>();
    for (NvList list : reply.list().lists("services")) {
      Status status = Bodies.status(list);
      if (status != null) statuses.add(status);
    }
    return statuses;
  }

  void close() {
    peer.close();
  }
}
