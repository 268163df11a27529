package svc.init.logic;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.DeclarationReader;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Nearest;
import svc.service.Problem;
import svc.service.Source;

/**
 * What {@code init.conf} says. Times in nanoseconds.
 *
 * @param target what is brought up when nothing else is asked for
 * @param stopTimeout how long the services may take to go down, all in all
 * @param killTimeout how long what is left then has between TERM and KILL
 * @param shell the words of a shell for an operator in trouble, or empty for the usual one
 * @param log a file for our own words, beside the console
 * @param targets by runlevel
 * @param power what a request about the power means, by its key
 * @param signals by their numbers
 * @param problems what is wrong in the file; a key with a problem counts as not given
 */
public record Settings(
    String target,
    long stopTimeout,
    long killTimeout,
    List<String> shell,
    String log,
    Map<Character, String> targets,
    Map<ControlRequest.Kind, String> power,
    Map<Integer, Meaning> signals,
    List<Problem> problems) {

  public static final Key TARGET =
      Key.of("init", "target", Kind.NAME, "default", "what is brought up");
  public static final Key STOP_TIMEOUT =
      Key.of(
          "init",
          "stop-timeout",
          Kind.DURATION,
          "10m",
          "how long all services together may take to go down");
  public static final Key KILL_TIMEOUT =
      Key.of(
          "init",
          "kill-timeout",
          Kind.DURATION,
          "5s",
          "how long what is left then has between TERM and KILL");
  public static final Key SHELL =
      Key.of("init", "shell", Kind.COMMAND, "", "a shell for single and emergency");
  public static final Key LOG =
      Key.of("init", "log", Kind.PATH, "/var/log/svc/init.log", "a file beside the console");

  private static final List<Key> RUNLEVELS =
      Stream.of("1", "2", "3", "4", "5")
          .map(
              level ->
                  Key.of(
                      "runlevels",
                      level,
                      Kind.NAME,
                      level.equals("1") ? "single" : "default",
                      "the target of runlevel " + level))
          .toList();

  private static final Key POWER_FAILS = power("fail", "ignore", "the power fails");
  private static final Key POWER_FAILS_NOW =
      power("fail-now", "poweroff", "the power fails, and the battery is nearly empty");
  private static final Key POWER_IS_BACK = power("ok", "ignore", "the power is back");

  private static final List<Key> POWER_KEYS = List.of(POWER_FAILS, POWER_FAILS_NOW, POWER_IS_BACK);

  private static final List<String> SIGNALS =
      List.of("HUP", "INT", "QUIT", "USR1", "USR2", "PWR", "TERM", "WINCH");

  private static final List<Key> SIGNAL_KEYS = SIGNALS.stream().map(Settings::signalKey).toList();

  /** All keys of the file. */
  public static final List<Key> KEYS =
      Stream.of(
              List.of(TARGET, STOP_TIMEOUT, KILL_TIMEOUT, SHELL, LOG),
              RUNLEVELS,
              POWER_KEYS,
              SIGNAL_KEYS)
          .flatMap(List::stream)
          .toList();

  private static Key power(String name, String fallback, String when) {
    return Key.of("power", name, Kind.NAME, fallback, when + ": a target, or as for a signal");
  }

  private static Key signalKey(String name) {
    Meaning usual = Meaning.usual(Signal.parse(name).orElseThrow());
    return Key.of("signals", name, Kind.NAME, usual.text(), "what SIG" + name + " asks for");
  }

  /** What holds where there is no file. */
  public static Settings usual() {
    return of(new Source("init", "init.conf", ""));
  }

  public static Settings of(Source source) {
    DeclarationReader.Reading reading = DeclarationReader.read(source);
    List<Problem> problems = new ArrayList<>(reading.problems());
    problems.addAll(Keys.checkAgainst(reading.declaration(), KEYS));
    problems.addAll(unknownMeanings(reading.declaration()));
    problems.addAll(circularMeanings(reading.declaration()));
    Declaration sound = without(reading.declaration(), problems);
    return new Settings(
        sound.text(TARGET),
        sound.nanos(STOP_TIMEOUT),
        sound.nanos(KILL_TIMEOUT),
        sound.words(SHELL),
        sound.text(LOG),
        targets(sound),
        power(sound),
        signals(sound),
        List.copyOf(problems));
  }

  /** The same with another time for everything to go down. */
  public Settings within(long timeout) {
    return new Settings(
        target, timeout, killTimeout, shell, log, targets, power, signals, problems);
  }

  private static List<Problem> unknownMeanings(Declaration declaration) {
    List<Problem> problems = new ArrayList<>();
    for (Key key : SIGNAL_KEYS) {
      String said = declaration.text(key);
      if (Meaning.of(said) != null || !Kind.isName(said)) continue;
      problems.add(
          declaration.problem(
              key,
              "expected one of "
                  + String.join(", ", Meaning.texts())
                  + ", found \""
                  + said
                  + "\""
                  + Nearest.hint(said, Meaning.texts())));
    }
    return problems;
  }

  /** To look how the power is, since the power is so, would have no end. */
  private static List<Problem> circularMeanings(Declaration declaration) {
    return POWER_KEYS.stream()
        .filter(key -> Meaning.of(declaration.text(key)) == Meaning.POWER)
        .map(key -> declaration.problem(key, "expected a target, or what is to be done then"))
        .toList();
  }

  private static Declaration without(Declaration declaration, List<Problem> problems) {
    List<Integer> lines = problems.stream().map(Problem::line).toList();
    return new Declaration(
        declaration.name(),
        declaration.file(),
        declaration.entries().stream().filter(entry -> !lines.contains(entry.line())).toList());
  }

  private static Map<Character, String> targets(Declaration declaration) {
    Map<Character, String> targets = new TreeMap<>();
    for (Key key : RUNLEVELS) targets.put(key.name().charAt(0), declaration.text(key));
    targets.put('S', targets.get('1'));
    targets.put('s', targets.get('1'));
    return targets;
  }

  private static Map<ControlRequest.Kind, String> power(Declaration declaration) {
    return Map.of(
        ControlRequest.Kind.POWER_FAILS, declaration.text(POWER_FAILS),
        ControlRequest.Kind.POWER_FAILS_NOW, declaration.text(POWER_FAILS_NOW),
        ControlRequest.Kind.POWER_IS_BACK, declaration.text(POWER_IS_BACK));
  }

  private static Map<Integer, Meaning> signals(Declaration declaration) {
    Map<Integer, Meaning> signals = new TreeMap<>();
    for (Key key : SIGNAL_KEYS) {
      int number = Signal.parse(key.name()).orElseThrow().number();
      signals.put(number, Meaning.of(declaration.text(key)));
    }
    return signals;
  }
}
