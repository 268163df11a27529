package svc.os;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.Collection;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Stream sockets in the file system (unix(7)), an OSGi service. Their descriptors outlive whoever
 * speaks over them: another component of this process goes on with a number ({@link #adopt}), and
 * so does another program in its place ({@link #leave}). Nothing here waits but {@link
 * Poller#await}. Any thread, where not said otherwise.
 */
@ProviderType
public interface LocalSockets {

  /** To be told when there is something to read, somebody to let in, or the end. */
  int READ = 1;

  /** To be told when there is room to write. */
  int WRITE = 2;

  /** A descriptor that is ours until it is closed, once. */
  @ProviderType
  interface Held extends Closeable {
    /** {@return its number} */
    int descriptor();

    /** Idempotent. */
    @Override
    void close();
  }

  /**
   * A connected or a listening socket. What is connected is read from until -1 is the end, 0 is
   * nothing for now; a write takes what there is room for. Both throw {@link IOException} when the
   * peer is gone, {@link java.nio.channels.ClosedChannelException} when this is closed.
   */
  @ProviderType
  interface Socket extends Held, ByteChannel {
    /**
     * Whose process the peer was when it connected (SO_PEERCRED, unix(7)).
     *
     * @return an effective uid
     * @throws IOException where there is no peer
     */
    int user() throws IOException;

    /** Idempotent. */
    @Override
    void close();
  }

  /** Who hears what {@link Poller#await} finds. */
  interface Ready {
    /**
     * It can be read from, or written to.
     *
     * @param descriptor of a socket that is watched, or was until a moment ago
     * @param what {@link #READ}, {@link #WRITE} or both
     */
    void ready(int descriptor, int what);
  }

  /** What one thread waits for (epoll(7)). */
  @ProviderType
  interface Poller extends AutoCloseable {
    /**
     * Changes what is waited for, from the next moment on. One that is closed is left alone. Any
     * thread.
     *
     * @param socket ours
     * @param what {@link #READ}, {@link #WRITE}, both, or 0
     */
    void watch(Socket socket, int what);

    /**
     * Waits, and tells what there is. One thread.
     *
     * @param milliseconds at most; -1 for as long as it takes
     * @param ready is told, on this thread
     */
    void await(int milliseconds, Ready ready);

    /** Ends a wait, or the next one. Any thread. */
    void wake();

    /** Sockets that were watched stay open. When nobody waits any more. */
    @Override
    void close();
  }

  /** {@return our effective uid (geteuid(2))} */
  int user();

  /**
   * For one thread.
   *
   * @return a new one, which its user closes
   * @throws IllegalStateException when there are no descriptors left
   */
  Poller poller();

  /**
   * Locks a file for writing, which is made when it is not there (fcntl(2), F_OFD_SETLK): the lock
   * is the descriptor's, ends with the last process that has it, and is in the way of any other, of
   * this process too.
   *
   * @param path an absolute path
   * @return the lock, or null when somebody else has it
   * @throws IOException with a text for the user
   */
  Held lock(String path) throws IOException;

  /**
   * Listens at a path where there is nothing, for our user alone (mode 0600).
   *
   * @param path an absolute path, of 107 bytes at most
   * @param backlog how many wait to be let in (listen(2))
   * @return the socket
   * @throws IOException with a text for the user
   */
  Socket listen(String path, int backlog) throws IOException;

  /**
   * Lets in who waits.
   *
   * @param listening ours
   * @return the conversation with it, or null when nobody waits
   * @throws IOException mostly when there are no descriptors left
   */
  Socket accept(Socket listening) throws IOException;

  /**
   * Connects to who listens at a path.
   *
   * @param path an absolute path, of 107 bytes at most
   * @return the conversation with it
   * @throws IOException with a text for the user: nobody listens, or too many wait to be let in
   */
  Socket connect(String path) throws IOException;

  /**
   * Goes on with what another component of this process, or the program before, did not close.
   *
   * @param descriptor of a socket, or of a file that is locked
   * @return the same, ours from now on
   */
  Socket adopt(int descriptor);

  /** {@return whether another program will be executed in our place, see {@link Kernel#exec}} */
  boolean isReplaced();

  /**
   * Leaves descriptors to the program that will be executed in our place, and what it has to know
   * of them. They are not ours any more.
   *
   * @param state for {@link #left}
   * @param descriptors that stay open
   * @throws IOException when there is no memory for it
   */
  void leave(byte[] state, Collection<Integer> descriptors) throws IOException;

  /**
   * What the program before left, told once.
   *
   * @return the bytes, none when that was nothing
   */
  byte[] left();
}
