package svc.init.logic;

import java.nio.charset.StandardCharsets;

/**
 * What sysvinit's clients (telinit, shutdown, halt, poweroff, reboot) write to /dev/initctl: 384
 * bytes in the machine's own byte order, which is little-endian wherever svc runs.
 *
 * <pre>
 *    0  magic      0x03091969
 *    4  command    START 0, RUNLVL 1, POWERFAIL 2, POWERFAILNOW 3, POWEROK 4, BSD 5, SETENV 6, UNSETENV 7
 *    8  runlevel   a character
 *   12  sleeptime  seconds between TERM and KILL
 *   16  data       368 bytes: NAME=VALUE and a NUL for SETENV, NAME and a NUL for UNSETENV
 * </pre>
 *
 * (initreq.h of sysvinit; its order of {@code int} fields is that of x86 and ARM.)
 *
 * @param level for {@link Kind#RUNLEVEL}, otherwise 0
 * @param text for {@link Kind#SET} and {@link Kind#UNSET}, otherwise empty
 */
public record ControlRequest(Kind kind, char level, int sleepSeconds, String text) {

  /** Of one request. */
  public static final int SIZE = 384;

  static final int MAGIC = 0x03091969;

  private static final int COMMAND = 4;
  private static final int LEVEL = 8;
  private static final int SLEEP = 12;
  private static final int DATA = 16;

  private static final String LEVELS = "0123456789SsQqUuAaBbCc";

  /** By the numbers of the wire. */
  public enum Kind {
    START,
    RUNLEVEL,
    POWER_FAILS,
    POWER_FAILS_NOW,
    POWER_IS_BACK,
    BSD,
    SET,
    UNSET
  }

  /** A change to a runlevel, as telinit asks for it. */
  public static ControlRequest runlevel(char level, int sleepSeconds) {
    return new ControlRequest(Kind.RUNLEVEL, level, sleepSeconds, "");
  }

  /** Whether this is a name that telinit(8) takes. */
  public static boolean isLevel(String text) {
    return text.length() == 1 && LEVELS.contains(text);
  }

  /**
   * Reads a request that begins with the magic number.
   *
   * @return null when it means nothing
   */
  static ControlRequest read(byte[] bytes, int at) {
    int command = integer(bytes, at + COMMAND);
    if (command < 0 || command >= Kind.values().length) return null;
    Kind kind = Kind.values()[command];
    int level = integer(bytes, at + LEVEL);
    int sleep = Math.max(0, integer(bytes, at + SLEEP));
    return switch (kind) {
      case RUNLEVEL -> isLevel(level) ? runlevel((char) level, sleep) : null;
      case SET, UNSET -> {
        String text = text(bytes, at + DATA, at + SIZE);
        yield text == null ? null : new ControlRequest(kind, (char) 0, sleep, text);
      }
      case POWER_FAILS, POWER_FAILS_NOW, POWER_IS_BACK ->
          new ControlRequest(kind, (char) 0, sleep, "");
      case START, BSD -> null; // nothing has ever sent them
    };
  }

  private static boolean isLevel(int level) {
    return level > 0 && level < 128 && isLevel(String.valueOf((char) level));
  }

  /** A text that a NUL ends within its field, or null. */
  private static String text(byte[] bytes, int from, int to) {
    for (int end = from; end < to; end++) {
      if (bytes[end] == 0) return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
    return null;
  }

  /** As a client writes it. */
  public byte[] bytes() {
    byte[] bytes = new byte[SIZE];
    put(bytes, 0, MAGIC);
    put(bytes, COMMAND, kind.ordinal());
    put(bytes, LEVEL, level);
    put(bytes, SLEEP, sleepSeconds);
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    int room = SIZE - DATA - 1;
    for (int i = 0; i < Math.min(data.length, room); i++) bytes[DATA + i] = data[i];
    return bytes;
  }

  /** Whether these bytes are the magic number, as far as they go. */
  static boolean begins(byte[] bytes, int at, int end) {
    for (int i = 0; i < Integer.BYTES && at + i < end; i++) {
      if (bytes[at + i] != (byte) (MAGIC >>> 8 * i)) return false;
    }
    return true;
  }

  private static int integer(byte[] bytes, int at) {
    int value = 0;
    for (int i = 3; i >= 0; i--) value = value << 8 | bytes[at + i] & 0xff;
    return value;
  }

  private static void put(byte[] bytes, int at, int value) {
    for (int i = 0; i < 4; i++) bytes[at + i] = (byte) (value >>> 8 * i);
  }
}
