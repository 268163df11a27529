package svc.service;

import java.util.regex.Pattern;

/**
 * How the files are named that a service's output goes through and into: {@code NAME.log} in the
 * log directory is what is written to, {@code NAME.log.20261126T134401.123Z}, maybe with {@code
 * .gz}, what was before; their names sort by age. Below the run directory are the FIFO that the
 * service writes to and, for what is between the two, a spool.
 */
public final class LogFiles {

  /** After the name of what is written to. */
  public static final String SUFFIX = ".log";

  /** After the name of what was compressed by gzip(1). */
  public static final String COMPRESSED = ".gz";

  private static final Pattern TIME = Pattern.compile("\\d{8}T\\d{6}\\.\\d{3}Z(\\.gz)?");

  /** As in {@link #older}. */
  private static final int TIME_LENGTH = "20261126T134401.123Z".length();

  /** Of a line's stamp with the blank after it: 2026-11-26T13:44:01.123Z, or @ and 24 digits. */
  private static final int ISO_LENGTH = 25;

  private static final int TAI_LENGTH = 26;

  private static final String ISO_FORM = "0000-00-00T00:00:00.000Z ";

  private LogFiles() {}

  /**
   * What is written to.
   *
   * @param service its name
   * @return a file's name
   */
  public static String current(String service) {
    return service + SUFFIX;
  }

  /**
   * What was written to until some time.
   *
   * @param service its name
   * @param millis since 1970
   * @return a file's name
   */
  public static String older(String service, long millis) {
    byte[] iso = new byte[ISO_LENGTH];
    iso(millis, iso);
    StringBuilder name = new StringBuilder(current(service)).append('.');
    for (int i = 0; i < ISO_LENGTH - 1; i++)
      if (iso[i] != '-' && iso[i] != ':') name.append((char) iso[i]);
    return name.toString();
  }

  /**
   * Whether a file has what a service wrote before, compressed or not.
   *
   * @param service its name
   * @param file a file's name
   * @return whether it is one of {@link #older}
   */
  public static boolean isOlder(String service, String file) {
    String begin = current(service) + ".";
    return file.startsWith(begin)
        && file.length() >= begin.length() + TIME_LENGTH
        && TIME.matcher(file.substring(begin.length())).matches();
  }

  /**
   * The FIFO that a service writes to.
   *
   * @param run the run directory
   * @param service its name
   * @return its path
   */
  public static String fifo(String run, String service) {
    return outputs(run) + "/" + service;
  }

  /**
   * Where all FIFOs are.
   *
   * @param run the run directory
   * @return a path
   */
  public static String outputs(String run) {
    return run + "/output";
  }

  /**
   * Where all spools are; no service's name begins with a point.
   *
   * @param run the run directory
   * @return a path
   */
  public static String spools(String run) {
    return outputs(run) + "/.spool";
  }

  /**
   * Where what was taken from the FIFO is until it has been written.
   *
   * @param run the run directory
   * @param service its name
   * @return its path
   */
  public static String spool(String run, String service) {
    return spools(run) + "/" + service;
  }

  /**
   * A line's stamp in UTC, {@code 2026-11-26T13:44:01.123Z} and a blank; nothing is allocated.
   *
   * @param millis since 1970
   * @param into 25 bytes at least
   * @return how many were written
   */
  public static int iso(long millis, byte[] into) {
    long days = Math.floorDiv(millis, 86_400_000L);
    int rest = (int) Math.floorMod(millis, 86_400_000L);
    date(days, into);
    digits(into, 11, rest / 3_600_000, 2);
    digits(into, 14, rest / 60_000 % 60, 2);
    digits(into, 17, rest / 1000 % 60, 2);
    digits(into, 20, rest % 1000, 3);
    into[4] = into[7] = '-';
    into[10] = 'T';
    into[13] = into[16] = ':';
    into[19] = '.';
    into[23] = 'Z';
    into[24] = ' ';
    return ISO_LENGTH;
  }

  /** The civil date of a day since 1970, in the proleptic Gregorian calendar (years from March). */
  private static void date(long days, byte[] into) {
    long shifted = days + 719_468;
    long era = Math.floorDiv(shifted, 146_097L);
    long ofEra = shifted - era * 146_097L;
    long year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    long ofYear = ofEra - (365 * year + year / 4 - year / 100);
    long month = (5 * ofYear + 2) / 153;
    digits(into, 0, era * 400 + year + (month >= 10 ? 1 : 0), 4);
    digits(into, 5, month < 10 ? month + 3 : month - 9, 2);
    digits(into, 8, ofYear - (153 * month + 2) / 5 + 1, 2);
  }

  private static void digits(byte[] into, int at, long number, int count) {
    long rest = number;
    for (int i = at + count - 1; i >= at; i--, rest /= 10) into[i] = (byte) ('0' + rest % 10);
  }

  /**
   * A line's stamp as tai64n(8) writes it, {@code @}, 24 hexadecimal digits and a blank; nothing is
   * allocated.
   *
   * @param millis since 1970, which is taken to be ten seconds behind TAI, as tai64nlocal(8) does
   * @param into 26 bytes at least
   * @return how many were written
   */
  public static int tai64n(long millis, byte[] into) {
    into[0] = '@';
    hex(into, 1, (1L << 62) + 10 + Math.floorDiv(millis, 1000L), 16);
    hex(into, 17, Math.floorMod(millis, 1000L) * 1_000_000, 8);
    into[25] = ' ';
    return TAI_LENGTH;
  }

  private static void hex(byte[] into, int at, long number, int count) {
    for (int i = 0; i < count; i++)
      into[at + i] = (byte) Character.forDigit((int) (number >>> 4 * (count - 1 - i)) & 15, 16);
  }

  /**
   * How long the stamp is that a line begins with.
   *
   * @param line bytes
   * @param length how many of them
   * @return bytes, the blank after it included; 0 when there is none
   */
  public static int stamp(byte[] line, int length) {
    if (length >= ISO_LENGTH && isIso(line)) return ISO_LENGTH;
    if (length >= TAI_LENGTH && isTai(line)) return TAI_LENGTH;
    return 0;
  }

  private static boolean isIso(byte[] line) {
    for (int i = 0; i < ISO_LENGTH; i++) {
      char form = ISO_FORM.charAt(i);
      boolean fits = form == '0' ? line[i] >= '0' && line[i] <= '9' : line[i] == form;
      if (!fits) return false;
    }
    return true;
  }

  private static boolean isTai(byte[] line) {
    if (line[0] != '@' || line[TAI_LENGTH - 1] != ' ') return false;
    for (int i = 1; i < TAI_LENGTH - 1; i++) if (Character.digit(line[i], 16) < 0) return false;
    return true;
  }
}
