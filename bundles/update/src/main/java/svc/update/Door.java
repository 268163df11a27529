package svc.update;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;

/**
 * Takes requests and has them done, each in a thread that ends with it: an update takes seconds,
 * and this very bundle may be the one that is replaced. Then whoever follows is given the request
 * again, and asks for the answer to the same work.
 */
final class Door implements Responder {

  /** Requests that are worked at; more are refused. */
  private static final int THREADS = 16;

  private final NvList itself;
  private final String runtime;
  private final Whole whole;
  private final Function<Map<String, Object>, Map<String, Object>> updater;
  private final Supplier<List<NvList>> bundles;
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param itself what there is to say of this runtime; {@code runtime} is what it is called, as
   *     {@code manager} or {@code supervise-main}
   * @param whole does what concerns all of it
   * @param updater the launcher's service
   * @param bundles what is there
   */
  Door(
      NvList itself,
      Whole whole,
      Function<Map<String, Object>, Map<String, Object>> updater,
      Supplier<List<NvList>> bundles) {
    this.itself = itself;
    this.runtime = itself.string("runtime", "");
    this.whole = whole;
    this.updater = updater;
    this.bundles = bundles;
  }

  @Override
  public void received(Peer peer, NvList list) {
    Message request = Message.of(list);
    NvList misuse = request.misuse();
    if (misuse == null) take(peer, request);
    else peer.send(misuse);
  }

  private void take(Peer peer, Message request) {
    switch (request.method()) {
      case Method.UPDATE_PLAN -> work(peer, request, "plan");
      case Method.UPDATE -> work(peer, request, "update");
      case Method.REPLACE -> whole.replace(peer, request);
      case Method.TRIAL -> whole.trial(peer, request);
      case Method.EXCHANGE -> whole.exchange(peer, request);
      case Method.BUNDLES -> begin(peer, request, () -> inventory(request));
      default -> peer.send(request.refusal(ErrorCode.NO_METHOD, "no method " + request.method()));
    }
  }

  private NvList inventory(Message request) {
    NvList.Builder answer = request.answer().lists("bundles", bundles.get());
    for (String name : List.of("runtime", "version", "java", "began"))
      answer.string(name, itself.string(name, ""));
    return answer.number("pid", itself.number("pid", 0)).build();
  }

  private void work(Peer peer, Message request, String method) {
    String jar = request.list().string("jar", "");
    if (!jar.startsWith("/")) {
      peer.send(request.refusal(ErrorCode.INVALID, "jar: expected an absolute path"));
      return;
    }
    String id = peer.id() + "/" + request.id();
    Map<String, Object> words = Map.of("method", method, "jar", jar, "id", id);
    begin(peer, request, () -> answer(request, updater.apply(words)));
  }

  private synchronized void begin(Peer peer, Message request, Supplier<NvList> task) {
    if (closed) return; // whoever follows is given it again
    if (threads.size() >= THREADS) {
      peer.send(request.refusal(ErrorCode.FAILED, THREADS + " updates are being done"));
      return;
    }
    Thread thread = new Thread(() -> run(peer, request, task), "svc.update.door");
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void run(Peer peer, Message request, Supplier<NvList> task) {
    try {
      NvList answer = task.get();
      if (!closed) peer.send(answer); // otherwise it is another's to answer
    } catch (RuntimeException e) {
      if (!closed) peer.send(request.refusal(ErrorCode.FAILED, e.toString()));
    } finally {
      threads.remove(Thread.currentThread());
    }
  }

  private NvList answer(Message request, Map<String, Object> words) {
    NvList.Builder answer = request.answer().string("runtime", runtime);
    for (String name :
        List.of("jar", "bundle", "from", "to", "action", "reason", "step", "previous"))
      if (words.get(name) instanceof String text) answer.string(name, text);
    if (words.get("ok") instanceof Boolean ok) answer.bool("ok", ok);
    for (String name : List.of("refreshed", "restarted", "happened", "notes"))
      if (words.get(name) instanceof List<?> texts && !texts.isEmpty())
        answer.strings(name, texts.stream().map(Object::toString).toList());
    return answer.build();
  }

  @Override
  public void closed(Peer peer) {
    whole.closed(peer); // an update is not left half-way, but a trial is nobody's any more
  }

  /** Nobody waits here any more; what is being done goes on in the launcher. */
  synchronized void close() {
    closed = true;
    threads.forEach(Thread::interrupt);
  }
}
