package svc.log.logic;

import svc.service.LogFiles;
import svc.service.LogSettings;

/**
 * Puts a stamp before each line of one log and ends lines that are too long. A line may come in any
 * number of pieces. Nothing is allocated.
 */
public final class Lines {

  /** What one byte may become: a stamp, itself and an end of the line. */
  public static final int GROWTH = 28;

  private static final byte NEWLINE = '\n';

  private final byte[] stamp = new byte[GROWTH];
  private int stampLength;
  private boolean middle;

  /** Of the line that we are in, as far as it came while we were there. */
  private int length;

  /**
   * @param middle whether what comes next goes on with a line that has begun
   */
  public void begin(boolean middle) {
    this.middle = middle;
    length = 0;
  }

  /** Whether the last line has not ended. */
  public boolean middle() {
    return middle;
  }

  /**
   * Writes what comes next.
   *
   * @param millis since 1970, which lines that begin here are stamped with
   * @param out has room for {@link #GROWTH} times as much
   * @param at where to begin there
   * @return where it ends there
   */
  public int format(
      byte[] in, int from, int to, byte[] out, int at, long millis, LogSettings settings) {
    stampLength = stamp(millis, settings.stamp());
    int next = from;
    int end = at;
    while (next < to) {
      if (!middle) end = copy(stamp, 0, stampLength, out, beginLine(end));
      int rest = Math.min(to - next, settings.maxLine() - length);
      int piece = beforeNewline(in, next, Math.max(rest, 0));
      end = copy(in, next, piece, out, end);
      next += piece;
      length += piece;
      if (next == to) break;
      if (in[next] == NEWLINE) next++;
      out[end++] = NEWLINE; // its own, or one more for a line that is too long
      middle = false;
    }
    return end;
  }

  private int beginLine(int at) {
    middle = true;
    length = 0;
    return at;
  }

  private static int beforeNewline(byte[] in, int from, int most) {
    int piece = 0;
    while (piece < most && in[from + piece] != NEWLINE) piece++;
    return piece;
  }

  private static int copy(byte[] in, int from, int count, byte[] out, int at) {
    for (int i = 0; i < count; i++) out[at + i] = in[from + i];
    return at + count;
  }

  private int stamp(long millis, LogSettings.Stamp kind) {
    return switch (kind) {
      case NONE -> 0;
      case ISO -> LogFiles.iso(millis, stamp);
      case TAI64N -> LogFiles.tai64n(millis, stamp);
    };
  }
}
