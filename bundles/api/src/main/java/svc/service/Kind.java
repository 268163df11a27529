package svc.service;

import java.util.List;
import java.util.function.Predicate;
import svc.os.Address;
import svc.os.Signal;

/** What a key's value looks like. */
public enum Kind {
  TEXT("text", value -> true),
  COMMAND("a program and its arguments, quoted as in a shell", Kind::isCommand),
  NAME("a name of letters, digits and . _ @ : + -", Kind::isName),
  NAMES("names of services, with blanks between them", Kind::areNames),
  DURATION(
      "a duration with its unit, as 500ms, 10s, 5m or 1h, or none",
      value -> Durations.parse(value).isPresent()),
  SIGNAL("a signal, as TERM, SIGHUP, RTMIN+3 or 15", value -> Signal.parse(value).isPresent()),
  NUMBER("a whole number from 0 to 999999", value -> value.matches("[0-9]{1,6}")),
  PATH("a path", value -> !value.isBlank()),
  MODE("an octal mode, as 022", value -> value.matches("0?[0-7]{3}")),
  ASSIGNMENT("NAME=value", value -> value.matches("[A-Za-z_][A-Za-z0-9_]*=.*")),
  INPUT("null, inherit or file:PATH", value -> isStream(value) && !value.equals("log")),
  STREAM("log, null, inherit or file:PATH", Kind::isStream),
  REACTION("none or shutdown", List.of("none", "shutdown")::contains),
  FLAG("yes or no", List.of("yes", "no")::contains),
  ADDRESS(
      "unix:/PATH, unix:@NAME, tcp:HOST:PORT or udp:HOST:PORT, HOST a number as 127.0.0.1 or"
          + " [::1], or * for all",
      value -> Address.parse(value).isPresent()),
  POLICY("always, on-failure or never", List.of("always", "on-failure", "never")::contains);

  private final String expected;
  private final Predicate<String> valid;

  Kind(String expected, Predicate<String> valid) {
    this.expected = expected;
    this.valid = valid;
  }

  /** What a value has to be, for people. */
  public String expected() {
    return expected;
  }

  public boolean accepts(String value) {
    return valid.test(value);
  }

  public static boolean isName(String value) {
    return value.matches("[A-Za-z0-9][A-Za-z0-9._@:+-]{0,127}");
  }

  private static boolean areNames(String value) {
    for (String name : value.split("[\\s,]+")) if (!isName(name)) return false;
    return true;
  }

  private static boolean isCommand(String value) {
    return Words.split(value)
        .filter(words -> !words.isEmpty() && !words.get(0).isEmpty())
        .isPresent();
  }

  private static boolean isStream(String value) {
    return List.of("log", "null", "inherit").contains(value)
        || value.startsWith("file:") && value.length() > "file:".length();
  }
}
