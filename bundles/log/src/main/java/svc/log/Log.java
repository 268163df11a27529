package svc.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import svc.log.logic.Lines;
import svc.os.Pipes;
import svc.service.Durations;
import svc.service.LogFiles;
import svc.service.LogSettings;

/**
 * One service's log. What is in the FIFO is moved into a spool, which is empty before, from there
 * written to the log as lines, and then the spool is emptied. Whoever goes on after we were killed,
 * at whatever point, finds each byte once:
 *
 * <ul>
 *   <li>in the FIFO or in the spool, since Linux moves it ({@link Pipes#move});
 *   <li>in the spool and not in the log, or in both, which a note tells. It says to what size the
 *       log grows by what is about to be written. It stands behind the spool's end, where what is
 *       moved never reaches, so it goes with what it is about when the spool is emptied.
 * </ul>
 *
 * <p>Something that fails is treated as if we had been killed. Nothing is allocated but where files
 * are opened. One thread.
 */
final class Log {

  /** How much is moved at once. */
  static final int BATCH = 16 << 10;

  /**
   * What all logs of one thread are written through.
   *
   * @param in what was moved
   * @param out the lines that come of it
   */
  record Buffers(byte[] in, byte[] out) {
    static Buffers make() {
      return new Buffers(new byte[BATCH], new byte[BATCH * Lines.GROWTH + NOTICE_ROOM]);
    }
  }

  /** Where a service's output goes through, and to. */
  record Places(String run, String logs) {}

  /** For what is said about lines that were dropped. */
  private static final int NOTICE_ROOM = 256;

  /** Six numbers of eight bytes, at these places. */
  private static final int NOTE_SIZE = 48;

  /** How much is in the spool, and from and to where that is about to be written. */
  private static final int COUNT = 0;

  private static final int FROM = 8;
  private static final int TO = 16;

  /** The file that it is written to, or 0 when nothing is; its size before and after. */
  private static final int FILE = 24;

  private static final int BEFORE = 32;
  private static final int AFTER = 40;

  private static final int SPOOL_MODE = 0600;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  /** As many files cannot have been begun in the same millisecond. */
  private static final int NAMES_TRIED = 1000;

  private final Pipes pipes;
  private final Buffers buffers;
  private final Places places;
  private final String service;
  private final LongSupplier clock;
  private final Runnable begunAnother;
  private final Lines lines = new Lines();
  private final byte[] noteBytes = new byte[NOTE_SIZE];
  private final ByteBuffer note = ByteBuffer.wrap(noteBytes);

  private LogSettings settings;
  private int fifo = -1;
  private int spool = -1;
  private int file = -1;
  private long identity;

  /** When the file was begun, in milliseconds since 1970. */
  private long made;

  /** Another file cannot be begun, so it grows. */
  private boolean stuck;

  /** How much is in the spool, and how much of that has been written. */
  private int count;

  private int from;

  /** Lines that were not written, and are not told of yet. */
  private long dropped;

  /**
   * @param clock milliseconds since 1970
   * @param begunAnother is run when there is one more older file
   */
  Log(
      Pipes pipes,
      Buffers buffers,
      Places places,
      String service,
      LogSettings settings,
      LongSupplier clock,
      Runnable begunAnother) {
    this.pipes = pipes;
    this.buffers = buffers;
    this.places = places;
    this.service = service;
    this.settings = settings;
    this.clock = clock;
    this.begunAnother = begunAnother;
  }

  String service() {
    return service;
  }

  LogSettings settings() {
    return settings;
  }

  void settings(LogSettings other) {
    settings = other;
  }

  /**
   * Opens the FIFO, which stays open whatever fails.
   *
   * @return its descriptor, or a negative errno
   */
  int open() {
    if (fifo < 0) fifo = pipes.openFifo(LogFiles.fifo(places.run(), service));
    return fifo;
  }

  /**
   * Writes what was left, or moves what has come and writes that.
   *
   * @return how much, 0 when there was nothing, or a negative errno: then nothing is lost, and it
   *     is to be tried again
   */
  int step() {
    int result = open();
    if (result >= 0 && spool < 0) result = openSpool();
    if (result >= 0 && count == 0) result = move();
    if (result >= 0 && count > 0) result = write();
    if (result < 0) closeFiles();
    return result;
  }

  private int move() {
    int moved = pipes.move(fifo, spool, 0, BATCH);
    count = Math.max(0, moved);
    from = 0;
    return Math.min(0, moved);
  }

  private int write() {
    int total = count;
    int read = pipes.read(spool, 0, buffers.in(), count);
    if (read < 0) return read;
    int errno = file < 0 ? openFile() : 0;
    while (errno >= 0 && from < count) errno = writePart();
    if (errno < 0 && settings.drops()) errno = drop();
    if (errno >= 0) errno = empty();
    return errno < 0 ? errno : total;
  }

  private int empty() {
    int errno = pipes.cut(spool, 0);
    if (errno < 0) return errno;
    count = from = 0;
    return 0;
  }

  /** What the log has got of it is taken back, and what it has not is counted. */
  private int drop() {
    if (file >= 0 && note.getLong(FILE) == identity) pipes.cut(file, note.getLong(BEFORE));
    note.putLong(FILE, 0);
    closeFile();
    for (int i = from; i < count; i++) if (buffers.in()[i] == '\n') dropped++;
    from = count;
    return 0;
  }

  // Opening

  private int openSpool() {
    int opened = pipes.openFile(LogFiles.spool(places.run(), service), SPOOL_MODE, false);
    if (opened < 0) return opened;
    int errno = pipes.lock(opened);
    if (errno >= 0) errno = readSpool(opened);
    if (errno < 0) pipes.close(opened);
    else spool = opened;
    return Math.min(errno, 0);
  }

  private int readSpool(int opened) {
    long size = pipes.size(opened);
    if (size < 0) return (int) size;
    note(size, 0, 0, 0, 0, 0);
    int errno = size > BATCH ? pipes.read(opened, BATCH, noteBytes, NOTE_SIZE) : 0;
    if (errno < 0) return errno;
    count = (int) note.getLong(COUNT);
    from = (int) note.getLong(FROM);
    return 0;
  }

  private void note(long all, long begin, long to, long inode, long before, long after) {
    note.putLong(COUNT, all).putLong(FROM, begin).putLong(TO, to);
    note.putLong(FILE, inode).putLong(BEFORE, before).putLong(AFTER, after);
  }

  private int writeNote() {
    return Math.min(0, pipes.write(spool, BATCH, noteBytes, NOTE_SIZE));
  }

  private String path() {
    return places.logs() + "/" + LogFiles.current(service);
  }

  /** Also finds out whether it has got already what was to be written to it. */
  private int openFile() {
    int opened = pipes.openFile(path(), settings.mode(), true);
    if (opened < 0) return opened;
    file = opened;
    stuck = false;
    identity = pipes.identity(opened);
    made = pipes.made(opened);
    long size = settle(pipes.size(opened));
    lines.begin(false);
    if (size > 0) size = lookAtEnd(size);
    return (int) Math.min(0, size);
  }

  /**
   * @param size the file's, or a negative errno
   * @return the same from now on
   */
  private long settle(long size) {
    boolean begun = note.getLong(FILE) == identity && size > note.getLong(BEFORE);
    note.putLong(FILE, 0);
    if (!begun) return size;
    if (size < note.getLong(AFTER)) {
      int errno = pipes.cut(file, note.getLong(BEFORE));
      return errno < 0 ? errno : note.getLong(BEFORE);
    }
    from = (int) note.getLong(TO);
    return size;
  }

  private int lookAtEnd(long size) {
    int read = pipes.read(file, size - 1, buffers.out(), 1);
    if (read == 1) lines.begin(buffers.out()[0] != '\n');
    return read;
  }

  // Writing

  /** As far as it goes into one file. */
  private int writePart() {
    long size = pipes.size(file);
    if (size < 0) return (int) size;
    boolean full = isFull(size);
    if (full && size >= settings.maxSize() + settings.maxLine()) endPiece();
    if (full && !lines.middle()) {
      int errno = beginAnother();
      return errno < 0 ? errno : writeLines(count, pipes.size(file));
    }
    return writeLines(full ? endOfLine() : count, size);
  }

  private boolean isFull(long size) {
    if (size == 0 || stuck) return false;
    if (size >= settings.maxSize()) return true;
    return settings.maxAge() != Durations.FOREVER
        && clock.getAsLong() - made >= settings.maxAge() / NANOS_PER_MILLI;
  }

  private int endOfLine() {
    for (int i = from; i < count; i++) if (buffers.in()[i] == '\n') return i + 1;
    return count;
  }

  private int writeLines(int to, long size) {
    if (size < 0) return (int) size;
    long now = clock.getAsLong();
    int begin = dropped == 0 ? 0 : notice(now);
    int length = lines.format(buffers.in(), from, to, buffers.out(), begin, now, settings);
    note(count, from, to, identity, size, size + length);
    int errno = writeNote();
    if (errno >= 0) errno = append(length);
    if (errno < 0) return errno;
    note.putLong(FILE, 0);
    dropped = 0;
    from = to;
    return 0;
  }

  private int append(int length) {
    for (int done = 0; done < length; ) {
      int written = pipes.append(file, buffers.out(), done, length - done);
      if (written < 0) return written;
      done += written;
    }
    return 0;
  }

  /** A line of ours that says what is missing here. */
  private int notice(long now) {
    byte[] text = ("svc: dropped here: " + dropped + " lines\n").getBytes(StandardCharsets.UTF_8);
    int at = 0;
    if (lines.middle()) buffers.out()[at++] = '\n';
    lines.begin(false);
    return lines.format(text, 0, text.length, buffers.out(), at, now, settings);
  }

  /** Nothing may seem to be about to be written to a file that has another name then. */
  private int beginAnother() {
    note(count, from, from, 0, 0, 0);
    int errno = writeNote();
    if (errno < 0) return errno;
    stuck = rename() < 0;
    if (stuck) return 0;
    pipes.close(file);
    file = -1;
    errno = openFile();
    begunAnother.run();
    return errno;
  }

  private int rename() {
    long millis = clock.getAsLong();
    int errno = -Pipes.EEXIST;
    for (int i = 0; i < NAMES_TRIED && errno == -Pipes.EEXIST; i++) {
      errno = pipes.rename(path(), places.logs() + "/" + LogFiles.older(service, millis + i));
    }
    return errno;
  }

  /**
   * Ends the last line where it has no newline: nobody goes on with it. When nothing is left to be
   * written.
   */
  void endLine() {
    if (file >= 0 && count == 0) endPiece();
  }

  /**
   * Needs no note: whoever finds it done sees that no line has begun. It is also done to a line
   * that does not end, and would have the file grow without end.
   */
  private void endPiece() {
    if (!lines.middle()) return;
    buffers.out()[0] = '\n';
    if (pipes.append(file, buffers.out(), 0, 1) == 1) lines.begin(false);
  }

  // Closing

  private void closeFile() {
    if (file >= 0) pipes.close(file);
    file = -1;
  }

  /** Whether it has files open beside the FIFO. */
  boolean hasFiles() {
    return spool >= 0;
  }

  /** Between two steps: the next one opens them again. */
  void closeFiles() {
    closeFile();
    if (spool >= 0) pipes.close(spool);
    spool = -1;
    count = 0;
  }

  void close() {
    closeFiles();
    if (fifo >= 0) pipes.close(fifo);
    fifo = -1;
  }
}
