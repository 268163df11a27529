package svc.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import svc.ipc.ErrorCode;
import svc.os.LocalSockets;

/**
 * A socket in the file system on which a responder is spoken to: of several, the one that came
 * last. When none is there peers are still let in, and wait; when none comes for the time of grace,
 * that is told.
 *
 * <p>Who holds the lock beside it ({@code PATH.lock}, fcntl(2)) owns the path: the lock ends with
 * its process, so a socket that is there while the lock is free was left by one that died.
 */
final class Listener implements Loop.Handler {

  private static final int ROOT = 0;

  private final LocalSockets sockets;
  private final Loop loop;
  private final Path path;
  private final long grace;
  private final Consumer<Listener> whenGraceIsOver;
  private final LocalSockets.Held lock;
  private final LocalSockets.Socket server;
  private final Loop.Watch watch;
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

  private final Holdings holdings = new Holdings(conversations, Limits.HELD_BYTES);

  /** Those that are turned away, or were ending when we took over, until they are through. */
  private final Set<Conversation> ending = ConcurrentHashMap.newKeySet();

  /** Those that are here, the newest last. */
  private final List<Attendant> attendants = new ArrayList<>();

  /** Who has the conversations, or null. On the loop. */
  private Attendant serving;

  /** When nobody will have come for too long; of no meaning while somebody is here. */
  private volatile long graceEnd;

  private boolean awaiting;
  private volatile boolean removed;

  private Listener(
      LocalSockets sockets,
      Loop loop,
      Path path,
      LocalSockets.Held lock,
      LocalSockets.Socket server,
      long grace,
      Consumer<Listener> whenGraceIsOver) {
    this.sockets = sockets;
    this.loop = loop;
    this.path = path;
    this.lock = lock;
    this.server = server;
    this.grace = grace;
    this.whenGraceIsOver = whenGraceIsOver;
    this.watch = loop.watch(server, this);
  }

  /**
   * @param grace nanoseconds
   * @param whenGraceIsOver is run on the loop, and decides whether to {@link #close}
   * @throws IOException with a text for the user
   */
  static Listener open(
      LocalSockets sockets, Loop loop, Path path, long grace, Consumer<Listener> whenGraceIsOver)
      throws IOException {
    if (!Files.exists(path.getParent())) {
      Files.createDirectories(
          path.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    LocalSockets.Held lock = sockets.lock(path + ".lock");
    if (lock == null) throw new IOException("in use by another svc");
    try {
      removeStale(path);
      LocalSockets.Socket server = sockets.listen(path.toString(), Limits.BACKLOG);
      Listener listener = new Listener(sockets, loop, path, lock, server, grace, whenGraceIsOver);
      listener.begin();
      return listener;
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Goes on with what another component began; its peers wait for a responder. */
  static Listener takeOver(
      LocalSockets sockets,
      Loop loop,
      Handover.Socket left,
      long grace,
      Consumer<Listener> whenGraceIsOver) {
    LocalSockets.Held lock = sockets.adopt(left.lock());
    LocalSockets.Socket server = sockets.adopt(left.server());
    Path path = Path.of(left.path());
    Listener listener = new Listener(sockets, loop, path, lock, server, grace, whenGraceIsOver);
    listener.graceEnd = left.graceEnd();
    left.conversations().forEach(listener::takeOver);
    listener.begin();
    loop.execute(listener::await);
    return listener;
  }

  private void takeOver(Handover.Connection left) {
    LocalSockets.Socket socket = sockets.adopt(left.socket());
    Conversation conversation =
        Conversation.takeOver(loop, socket, left, Limits.FROM_CLIENTS, holdings, this::closed);
    (left.ending() ? ending : conversations).add(conversation);
    if (left.ending()) conversation.close();
  }

  /** Leaves all of it to another component. After the loop's end. */
  Handover.Socket handOver() {
    removed = true;
    watch.cancel();
    long end = isAttended() ? System.nanoTime() + grace : graceEnd;
    List<Handover.Connection> living =
        Stream.of(conversations, ending)
            .flatMap(Set::stream)
            .map(Conversation::handOver)
            .filter(Objects::nonNull)
            .toList();
    return new Handover.Socket(
        path.toString(), lock.descriptor(), server.descriptor(), end, living);
  }

  /** Removes a socket that was left; anything else there is somebody's file. */
  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) return;
    if ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) >>> 12 != 014) {
      throw new IOException("there is a file of that name, and it is no socket");
    }
    Files.delete(path);
  }

  /** From now on peers are let in. */
  private void begin() {
    watch.begin(LocalSockets.READ);
  }

  Path path() {
    return path;
  }

  /** It has the conversations from now on. Any thread. */
  void arrive(Attendant attendant) {
    synchronized (attendants) {
      attendants.add(attendant);
    }
    loop.execute(this::change);
  }

  /** It hears nothing more; whoever was here before it has the conversations again. Any thread. */
  void leave(Attendant attendant) {
    attendant.leave();
    synchronized (attendants) {
      attendants.remove(attendant);
      graceEnd = System.nanoTime() + grace;
    }
    loop.execute(this::change);
  }

  /** Nobody is here, and nobody came for the time of grace. */
  boolean isAbandoned() {
    synchronized (attendants) {
      return attendants.isEmpty() && graceEnd - System.nanoTime() <= 0;
    }
  }

  boolean isAttended() {
    synchronized (attendants) {
      return !attendants.isEmpty();
    }
  }

  private void change() {
    Attendant newest = newest();
    if (newest == serving || removed) return;
    serving = newest;
    if (newest == null) {
      conversations.forEach(Conversation::pause);
      await();
    } else {
      for (Conversation conversation : conversations) conversation.serve(newest);
    }
  }

  private Attendant newest() {
    synchronized (attendants) {
      return attendants.isEmpty() ? null : attendants.get(attendants.size() - 1);
    }
  }

  private void await() {
    if (awaiting || serving != null) return;
    awaiting = true;
    loop.executeWithin(graceEnd - System.nanoTime(), this::awaited);
  }

  private void awaited() {
    awaiting = false;
    if (removed || isAttended()) return;
    if (isAbandoned()) whenGraceIsOver.accept(this);
    else await(); // somebody was here meanwhile
  }

  @Override
  public void ready(int what) {
    try {
      LocalSockets.Socket socket = sockets.accept(server);
      if (socket != null) accepted(socket);
    } catch (IOException e) {
      // mostly: no descriptor is left; it would be ready again at once
      System.err.println("svc.socket: " + path + ": accept: " + e.getMessage());
      watch.end(LocalSockets.READ);
      loop.executeWithin(Limits.ACCEPT_PAUSE_NANOS, this::resume);
    }
  }

  private void resume() {
    watch.begin(LocalSockets.READ);
  }

  private void accepted(LocalSockets.Socket socket) throws IOException {
    try {
      admit(socket, socket.user());
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Root and our own user may speak. */
  private void admit(LocalSockets.Socket socket, int user) {
    boolean allowed = user == ROOT || user == sockets.user();
    Conversation conversation =
        new Conversation(loop, socket, Limits.FROM_CLIENTS, holdings, this::closed);
    if (allowed && isFull() && !holdings.makeRoom()) {
      refuse(conversation, ErrorCode.FAILED, Limits.CONVERSATIONS + " clients are connected");
    } else if (!allowed) {
      refuse(
          conversation,
          ErrorCode.DENIED,
          "user " + Integer.toUnsignedString(user) + " may not speak to this svc");
    } else {
      conversations.add(conversation);
      if (serving != null) conversation.serve(serving);
    }
  }

  /** Those that are on their way out do not count. */
  private boolean isFull() {
    return conversations.stream().filter(each -> !each.isEnding()).count() >= Limits.CONVERSATIONS;
  }

  private void refuse(Conversation conversation, ErrorCode code, String text) {
    ending.add(conversation);
    conversation.refuse(code, text);
  }

  private void closed(Conversation conversation) {
    conversations.remove(conversation);
    ending.remove(conversation);
  }

  /** Ends listening and all conversations; what they said last still leaves. On any thread. */
  List<Conversation> close() {
    loop.execute(this::remove);
    List<Conversation> all = new ArrayList<>(conversations);
    all.addAll(ending);
    all.forEach(Conversation::close);
    return all;
  }

  /** Once; on the loop. The path may be another's as soon as the lock is free. */
  void remove() {
    if (removed) return;
    removed = true;
    watch.cancel();
    server.close();
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.err.println("svc.socket: " + path + " stays: " + e.getMessage());
    }
    lock.close();
  }
}
