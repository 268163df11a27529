package svc.os;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A signal by its number (signal(7), as Linux numbers them on x86 and ARM).
 *
 * @param number from 1 to 64
 */
public record Signal(int number) {

  private static final List<String> NAMES =
      Arrays.asList(
          ("0 HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU"
                  + " URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS")
              .split(" "));

  /** What glibc gives to programs; it keeps 32 and 33 for itself. */
  private static final int RTMIN = 34;

  private static final int RTMAX = 64;

  /** The terminal is gone, or: read the configuration anew. */
  public static final Signal HUP = new Signal(1);

  /** Ctrl-c, and to process 1 ctrl-alt-del. */
  public static final Signal INT = new Signal(2);

  /** Ends a process, which does not hear of it. */
  public static final Signal KILL = new Signal(9);

  /** Asks a process to end. */
  public static final Signal TERM = new Signal(15);

  /** A child has ended. */
  public static final Signal CHLD = new Signal(17);

  /**
   * Checks the number.
   *
   * @param number from 1 to 64
   * @throws IllegalArgumentException when there is no such signal
   */
  public Signal {
    if (number < 1 || number > RTMAX) throw new IllegalArgumentException("no signal " + number);
  }

  /**
   * The signal of a number that came from elsewhere.
   *
   * @param number any
   * @return the signal, or nothing when there is none
   */
  public static Optional<Signal> of(long number) {
    return number < 1 || number > RTMAX ? Optional.empty() : Optional.of(new Signal((int) number));
  }

  /** {@return the names of all signals, those of real time without} */
  public static List<String> names() {
    return NAMES.subList(1, NAMES.size());
  }

  /**
   * Reads a signal's name or number.
   *
   * @param text as {@code TERM}, {@code sigterm}, {@code RTMIN+3}, {@code RTMAX} or {@code 15}
   * @return the signal, or nothing when there is none of that name
   */
  public static Optional<Signal> parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) name = name.substring(3);
    if (name.equals("RTMIN")) name = "RTMIN+0";
    if (name.equals("RTMAX")) name = "RTMIN+" + (RTMAX - RTMIN);
    int number =
        name.startsWith("RTMIN+") ? realTime(name) : Math.max(NAMES.indexOf(name), decimal(name));
    return number < 1 || number > RTMAX ? Optional.empty() : Optional.of(new Signal(number));
  }

  private static int realTime(String name) {
    int offset = decimal(name.substring("RTMIN+".length()));
    return offset < 0 ? -1 : RTMIN + offset;
  }

  private static int decimal(String digits) {
    return digits.matches("[0-9]{1,2}") ? Integer.parseInt(digits) : -1;
  }

  /** {@return the name without the SIG: {@code TERM}, {@code RTMIN+3}} */
  public String name() {
    if (number < NAMES.size()) return NAMES.get(number);
    return number < RTMIN ? Integer.toString(number) : "RTMIN+" + (number - RTMIN);
  }

  @Override
  public String toString() {
    return "SIG" + name();
  }
}
