package svc.socket;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import svc.ipc.ErrorCode;
import svc.ipc.Responder;

/**
 * A socket in the file system on which one responder is spoken to.
 *
 * <p>Who holds the lock beside it ({@code PATH.lock}, fcntl(2)) owns the path: the lock ends with
 * its process, so a socket that is there while the lock is free was left by one that died.
 */
final class Listener implements Loop.Handler {

  private final Loop loop;
  private final Path path;
  private final Responder responder;
  private final Set<String> allowed;
  private final FileChannel lock;
  private final ServerSocketChannel server;
  private final SelectionKey key;
  private final AtomicBoolean left = new AtomicBoolean();
  private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

  /**
   * @param allowed the names of the users who may speak
   * @throws IOException with a text for the user
   */
  Listener(Loop loop, Path path, Responder responder, Set<String> allowed) throws IOException {
    this.loop = loop;
    this.path = path;
    this.responder = responder;
    this.allowed = allowed;
    if (!Files.exists(path.getParent())) {
      Files.createDirectories(
          path.getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    lock = lock(path.resolveSibling(path.getFileName() + ".lock"));
    ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      removeStale(path);
      opened.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      key = loop.register(opened, 0, this);
    } catch (IOException e) {
      Loop.close(opened);
      Loop.close(lock);
      throw e;
    }
    server = opened;
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) return channel;
    } catch (OverlappingFileLockException ours) {
      // as much in use as by another process
    }
    channel.close();
    throw new IOException("in use by another svc");
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
  void begin() {
    key.interestOps(SelectionKey.OP_ACCEPT);
    loop.wakeup();
  }

  @Override
  public void ready() {
    try {
      SocketChannel channel = server.accept();
      if (channel != null) accepted(channel);
    } catch (IOException e) {
      // mostly: no descriptor is left; it would be ready again at once
      System.err.println("svc.socket: " + path + ": accept: " + e.getMessage());
      key.interestOps(0);
      loop.executeWithin(Limits.ACCEPT_PAUSE_NANOS, this::resume);
    }
  }

  private void resume() {
    if (key.isValid()) key.interestOps(SelectionKey.OP_ACCEPT);
  }

  private void accepted(SocketChannel channel) throws IOException {
    Conversation conversation =
        new Conversation(loop, channel, Limits.FROM_CLIENTS, responder, conversations::remove);
    String user = user(channel);
    if (conversations.size() >= Limits.CONVERSATIONS) {
      conversation.refuse(ErrorCode.FAILED, Limits.CONVERSATIONS + " clients are connected");
    } else if (!allowed.contains(user)) {
      conversation.refuse(ErrorCode.DENIED, "user " + user + " may not speak to this svc");
    } else {
      conversations.add(conversation);
      conversation.begin();
    }
  }

  /** The peer's effective user when it connected (SO_PEERCRED, unix(7)). */
  private static String user(SocketChannel channel) throws IOException {
    UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    return peer.user().getName();
  }

  /** Ends listening and all conversations; what they said last still leaves. On any thread. */
  List<Conversation> close() {
    loop.execute(this::leave);
    List<Conversation> ending = List.copyOf(conversations);
    ending.forEach(Conversation::close);
    return ending;
  }

  /** Once: the path may be another's as soon as the lock is free. */
  private void leave() {
    if (!left.compareAndSet(false, true)) return;
    key.cancel();
    Loop.close(server);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.err.println("svc.socket: " + path + " stays: " + e.getMessage());
    }
    Loop.close(lock);
  }
}
