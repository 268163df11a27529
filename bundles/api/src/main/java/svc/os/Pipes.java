package svc.os;

import org.osgi.annotation.versioning.ProviderType;

/**
 * What who keeps logs asks of Linux: FIFOs that others write to, and files.
 *
 * <p>One object serves one thread, which opened it, and waits in it; only {@link #wake} is for any
 * thread. No method throws for what the world says, and none allocates anything but those that take
 * a path: descriptors, counts and sizes are numbers of 0 and more, a refusal is a negative errno
 * (errno(3)).
 */
@ProviderType
public interface Pipes extends AutoCloseable {

  /** Where there are some to be had, an OSGi service. */
  @ProviderType
  interface Source {
    /**
     * For the calling thread, which closes it.
     *
     * @return a new one
     */
    Pipes open();
  }

  /** Resource temporarily unavailable (errno(3)). */
  int EAGAIN = 11;

  /** File exists (errno(3)). */
  int EEXIST = 17;

  /**
   * Opens a FIFO, which is made (mode 0600) when it is not there, so that we are a reader and a
   * writer (fifo(7)): it is never at its end, and what is in it stays while we have it open. Our
   * calls do not wait.
   *
   * @param path an absolute path; no link is followed
   * @return the descriptor, or a negative errno, EEXIST where there is something else
   */
  int openFifo(String path);

  /**
   * Opens a file to read and write, which is made when it is not there.
   *
   * @param path an absolute path
   * @param mode of a new one, whatever our umask
   * @param appending whether all that is written goes to its end (open(2), O_APPEND)
   * @return the descriptor, or a negative errno
   */
  int openFile(String path, int mode, boolean appending);

  /**
   * Locks a file for whoever has this descriptor, until it is closed or its process ends
   * (flock(2)).
   *
   * @param file its descriptor
   * @return 0, or a negative errno, EAGAIN while it is another's
   */
  int lock(int file);

  /**
   * Closes a descriptor.
   *
   * @param descriptor any of ours
   */
  void close(int descriptor);

  /**
   * Moves bytes from a FIFO to the end of a file (splice(2)). Whenever we are killed, each byte is
   * in one of the two: Linux takes from the FIFO what the file has got, in one call that a signal
   * does not end in between.
   *
   * @param fifo its descriptor
   * @param file its descriptor, not {@code appending}
   * @param at its size
   * @param most how many at most
   * @return how many, 0 when there is nothing, or a negative errno
   */
  int move(int fifo, int file, long at, int most);

  /**
   * Reads from a file (pread(2)).
   *
   * @param file its descriptor
   * @param at where from
   * @param into is filled from its beginning
   * @param length how many at most
   * @return how many, 0 at its end, or a negative errno
   */
  int read(int file, long at, byte[] into, int length);

  /**
   * Writes into a file (pwrite(2)).
   *
   * @param file its descriptor, not {@code appending}
   * @param at where to
   * @param from written from its beginning
   * @param length how many, 64 at most
   * @return how many, or a negative errno
   */
  int write(int file, long at, byte[] from, int length);

  /**
   * Adds to the end of a file (write(2)); who is killed meanwhile may leave a part of it.
   *
   * @param file its descriptor, {@code appending}
   * @param from what is written
   * @param offset where that begins
   * @param length how many
   * @return how many, which may be less, or a negative errno
   */
  int append(int file, byte[] from, int offset, int length);

  /**
   * Makes a file shorter (ftruncate(2)).
   *
   * @param file its descriptor
   * @param size from now on, in bytes
   * @return 0, or a negative errno
   */
  int cut(int file, long size);

  /**
   * A file's size.
   *
   * @param file its descriptor
   * @return bytes, or a negative errno
   */
  long size(int file);

  /**
   * What tells a file from all others of its file system, whatever its name (its inode's number).
   *
   * @param file its descriptor
   * @return the number, or a negative errno
   */
  long identity(int file);

  /**
   * When a file was made, or last written to where its file system does not say (statx(2)).
   *
   * @param file its descriptor
   * @return milliseconds since 1970, or a negative errno
   */
  long made(int file);

  /**
   * Gives a file another name that nothing has yet (renameat2(2), RENAME_NOREPLACE).
   *
   * @param from an absolute path
   * @param to an absolute path
   * @return 0, or a negative errno, EEXIST where the name is taken
   */
  int rename(String from, String to);

  /**
   * Removes a file; one that is not there is no error.
   *
   * @param path an absolute path
   * @return 0, or a negative errno
   */
  int delete(String path);

  /**
   * Has {@link #await} tell of a FIFO while there is something in it, until it is closed.
   *
   * @param fifo its descriptor
   * @param wanted false to hear nothing of it for a while
   * @return 0, or a negative errno
   */
  int watch(int fifo, boolean wanted);

  /**
   * Waits until there is something in one of the FIFOs that are watched, or {@link #wake} is
   * called.
   *
   * @param milliseconds at most; -1 for as long as it takes
   * @param ready is filled with their descriptors
   * @return how many there are
   */
  int await(int milliseconds, int[] ready);

  /** Ends an {@link #await}, this one or the next. Any thread, also when it is closed. */
  void wake();

  /**
   * Lets all other threads go first from now on (setpriority(2), of the calling thread alone). Any
   * thread.
   */
  void stepBack();

  /**
   * The meaning of a negative result.
   *
   * @param result of one of these methods
   * @return its errno
   */
  Errno errno(long result);

  /** Closes what waiting takes; descriptors of FIFOs and files are closed by who opened them. */
  @Override
  void close();
}
