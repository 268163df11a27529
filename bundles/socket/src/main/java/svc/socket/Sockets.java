package svc.socket;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import svc.ipc.Connector;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.os.LocalSockets;

/**
 * Listens for every {@link Responder} that names a socket, and connects for those who ask.
 *
 * <p>A responder that leaves leaves its socket and its conversations to the next of the same path;
 * none that comes within {@link Limits#GRACE_NANOS} is too late. Where all of the framework stops
 * nobody is waited for. A socket that cannot be had is fatal: whoever should have been spoken to
 * there could not be reached.
 *
 * <p>This component too leaves what it has to its successor, by {@link Handover}; one that is
 * activated while another still listens stands by.
 */
@Component(name = "svc.socket", immediate = true)
public final class Sockets implements Connector {

  /** A responder that is there, and where. */
  private record Binding(Path path, Attendant attendant) {}

  private final LocalSockets sockets;
  private final IntConsumer exit;
  private final BooleanSupplier stopping;

  /** What outlives us; null where there is no such place. */
  private final Map<String, Object> stash;

  private final long grace;
  private final Loop loop;
  private final Map<Responder, Binding> bound = new LinkedHashMap<>();
  private final Map<Path, Listener> listeners = new HashMap<>();
  private final Seat seat;

  /** It is for us to listen. */
  private boolean seated;

  private boolean gone;
  private final Set<Conversation> connected = ConcurrentHashMap.newKeySet();

  @Activate
  public Sockets(
      BundleContext context,
      @Reference LocalSockets sockets,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit,
      @Reference(target = "(svc.stash=true)", cardinality = ReferenceCardinality.OPTIONAL)
          ConcurrentMap<String, Object> stash)
      throws IOException {
    this(sockets, exit, stopping(context), stash, Limits.GRACE_NANOS);
  }

  /**
   * @param exit may be null
   * @param stopping whether all of the framework goes, and nobody will come after us
   * @param stash may be null
   * @param grace nanoseconds
   */
  Sockets(
      LocalSockets sockets,
      IntConsumer exit,
      BooleanSupplier stopping,
      ConcurrentMap<String, Object> stash,
      long grace)
      throws IOException {
    this(sockets, exit, stopping, stash, grace, Limits.MESSAGE_NANOS);
  }

  /**
   * @param message nanoseconds from its first byte to its last
   */
  Sockets(
      LocalSockets sockets,
      IntConsumer exit,
      BooleanSupplier stopping,
      ConcurrentMap<String, Object> stash,
      long grace,
      long message)
      throws IOException {
    this.sockets = sockets;
    this.exit = exit == null ? status -> {} : exit;
    this.stopping = stopping;
    this.stash = stash;
    this.grace = grace;
    this.loop = new Loop(sockets, message);
    this.seated = stash == null;
    this.seat = stash == null ? null : new Seat(stash, this::seated);
  }

  /** Takes over what a component before us left. */
  private synchronized void seated() {
    seated = true;
    byte[] here = (byte[]) stash.remove(Handover.KEY);
    Handover.unpack(here, sockets).forEach(this::takeOver);
    long end = System.nanoTime() + grace;
    for (Handover.Socket left : Handover.unpack(sockets.left(), sockets))
      takeOver(left.waitingUntil(end));
    bound.values().forEach(this::attend);
  }

  private void takeOver(Handover.Socket left) {
    Listener listener = Listener.takeOver(sockets, loop, left, grace, this::abandoned);
    listeners.put(listener.path(), listener);
  }

  private static BooleanSupplier stopping(BundleContext context) {
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    return () -> framework.getState() == Bundle.STOPPING;
  }

  @Reference(
      target = "(svc.socket=*)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  synchronized void bindResponder(Responder responder, Map<String, Object> properties) {
    Path path = Path.of((String) properties.get(Responder.SOCKET)).toAbsolutePath();
    Binding binding = new Binding(path, new Attendant(responder));
    bound.put(responder, binding);
    if (seated && !gone) attend(binding);
  }

  private void attend(Binding binding) {
    Path path = binding.path;
    try {
      Listener listener = listeners.get(path);
      if (listener == null) listener = Listener.open(sockets, loop, path, grace, this::abandoned);
      listeners.put(path, listener);
      listener.arrive(binding.attendant);
    } catch (IOException e) {
      System.err.println("svc: cannot listen on " + path + ": " + reason(e));
      exit.accept(1);
    }
  }

  void unbindResponder(Responder responder) {
    Listener listener = left(responder);
    if (listener == null || listener.isAttended() || !isTheLast()) return;
    flush(listener.close());
    forget(listener); // not before: whoever ends us meanwhile closes it too
  }

  private synchronized Listener left(Responder responder) {
    Binding binding = bound.remove(responder);
    Listener listener = binding == null ? null : listeners.get(binding.path);
    if (listener != null) listener.leave(binding.attendant);
    return listener;
  }

  private synchronized void forget(Listener listener) {
    listeners.remove(listener.path(), listener);
  }

  /** On the loop, so that its path is free when the next responder asks for it. */
  private synchronized void abandoned(Listener listener) {
    if (!listener.isAbandoned()) return;
    listener.remove();
    listener.close();
    forget(listener);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) return "permission denied: " + e.getMessage();
    if (e instanceof NoSuchFileException) return "no such directory: " + e.getMessage();
    return e.getMessage();
  }

  @Override
  public Peer connect(String path, Responder responder) throws IOException {
    LocalSockets.Socket socket = sockets.connect(path);
    Conversation conversation =
        new Conversation(loop, socket, Limits.FROM_SERVERS, null, connected::remove);
    connected.add(conversation);
    Peer peer = conversation.serve(new Attendant(responder));
    if (!loop.isEnded()) return peer;
    conversation.closeNow();
    throw new IOException(path + ": svc.socket is not there any more");
  }

  @Deactivate
  void deactivate() throws IOException {
    if (seat != null) seat.settle(); // what was left for us is ours to close or to hand on
    if (stash == null || isTheLast()) end();
    else handOver();
  }

  /** Nobody comes after us, neither in this program nor in another in its place. */
  private boolean isTheLast() {
    return stopping.getAsBoolean() && !sockets.isReplaced();
  }

  private void end() throws IOException {
    try {
      flush(closeAll());
      loop.end();
      connected.forEach(Conversation::closeNow); // any that came meanwhile
      loop.close();
    } finally {
      if (seat != null) seat.leave(() -> {});
    }
  }

  private void handOver() throws IOException {
    List<Handover.Socket> left = new ArrayList<>();
    try {
      flush(closeConnected());
      loop.end();
      connected.forEach(Conversation::closeNow); // any that came meanwhile
      left.addAll(handOverAll());
      loop.close(); // nobody else waits for these sockets any more
    } finally {
      leave(left);
    }
  }

  private void leave(List<Handover.Socket> left) throws IOException {
    byte[] state = Handover.pack(left);
    if (stopping.getAsBoolean()) sockets.leave(state, Handover.descriptors(left));
    else seat.leave(() -> stash.put(Handover.KEY, state));
  }

  private synchronized List<Handover.Socket> handOverAll() {
    gone = true;
    List<Handover.Socket> left = new ArrayList<>();
    for (Listener listener : listeners.values()) left.add(listener.handOver());
    listeners.clear();
    bound.clear();
    return left;
  }

  private synchronized List<Conversation> closeAll() {
    gone = true;
    List<Conversation> left = closeConnected();
    for (Listener listener : listeners.values()) left.addAll(listener.close());
    return left;
  }

  private List<Conversation> closeConnected() {
    List<Conversation> left = new ArrayList<>(connected);
    left.forEach(Conversation::close);
    return left;
  }

  /** What was said last still leaves, as far as its peers read. */
  private static void flush(Collection<Conversation> conversations) {
    long deadline = System.nanoTime() + 2 * Limits.FLUSH_NANOS;
    try {
      for (Conversation conversation : conversations) conversation.awaitClosed(deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
