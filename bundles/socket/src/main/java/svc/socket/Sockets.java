package svc.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import svc.ipc.Connector;
import svc.ipc.Peer;
import svc.ipc.Responder;

/**
 * Listens for every {@link Responder} that names a socket, and connects for those who ask.
 *
 * <p>A responder that leaves takes its socket along. A socket that cannot be had is fatal: whoever
 * should have been spoken to there could not be reached.
 */
@Component(name = "svc.socket", immediate = true)
public final class Sockets implements Connector {

  private final IntConsumer exit;
  private final Loop loop;
  private final Set<String> allowed;
  private final Map<Responder, Listener> listeners = new ConcurrentHashMap<>();
  private final Set<Conversation> connected = ConcurrentHashMap.newKeySet();

  @Activate
  public Sockets(
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit)
      throws IOException {
    this.exit = exit == null ? status -> {} : exit;
    this.loop = new Loop();
    this.allowed = Set.copyOf(List.of("root", Files.getOwner(Path.of("/proc/self")).getName()));
  }

  @Reference(
      target = "(svc.socket=*)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindResponder(Responder responder, Map<String, Object> properties) {
    Path path = Path.of((String) properties.get(Responder.SOCKET)).toAbsolutePath();
    try {
      Listener listener = new Listener(loop, path, responder, allowed);
      listeners.put(responder, listener);
      listener.begin();
    } catch (IOException e) {
      System.err.println("svc: cannot listen on " + path + ": " + reason(e));
      exit.accept(1);
    }
  }

  void unbindResponder(Responder responder) {
    Listener listener = listeners.get(responder);
    if (listener == null) return;
    flush(listener.close());
    listeners.remove(responder); // not before: whoever ends us meanwhile closes it too
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) return "permission denied: " + e.getMessage();
    if (e instanceof NoSuchFileException) return "no such directory: " + e.getMessage();
    return e.getMessage();
  }

  @Override
  public Peer connect(String path, Responder responder) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.configureBlocking(false);
      if (!channel.connect(UnixDomainSocketAddress.of(path))) {
        throw new IOException(path + ": too many wait to be let in");
      }
      Conversation conversation =
          new Conversation(loop, channel, Limits.FROM_SERVERS, responder, connected::remove);
      connected.add(conversation);
      conversation.begin();
      return conversation;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Deactivate
  void deactivate() throws IOException {
    List<Conversation> left = new ArrayList<>(connected);
    left.forEach(Conversation::close);
    for (Listener listener : listeners.values()) left.addAll(listener.close());
    flush(left);
    loop.close();
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
