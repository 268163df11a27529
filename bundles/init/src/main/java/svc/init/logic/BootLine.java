package svc.init.logic;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel's command line says to an init (bootparam(7)).
 *
 * @param target {@code svc.target=NAME}, or empty
 */
public record BootLine(String target, Mode mode) {

  public enum Mode {
    NORMAL,
    /** A shell when the target {@code single} is reached. */
    SINGLE,
    /** A shell before anything else. */
    EMERGENCY
  }

  private static final String TARGET = "svc.target=";

  /**
   * @param kernel /proc/cmdline
   * @param words our own arguments: the kernel hands on what it does not know itself
   */
  public static BootLine of(String kernel, List<String> words) {
    String target = "";
    Mode mode = Mode.NORMAL;
    for (String word :
        Stream.concat(Arrays.stream(kernel.strip().split("\\s+")), words.stream()).toList()) {
      if (word.startsWith(TARGET)) target = word.substring(TARGET.length());
      mode = mode(word, mode);
    }
    return new BootLine(target, mode);
  }

  private static Mode mode(String word, Mode before) {
    return switch (word) {
      case "emergency", "-b" -> Mode.EMERGENCY;
      case "single", "S", "s", "1" -> before == Mode.EMERGENCY ? before : Mode.SINGLE;
      default -> before;
    };
  }
}
