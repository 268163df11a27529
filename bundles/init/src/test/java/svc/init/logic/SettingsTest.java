package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import svc.os.Signal;
import svc.service.Problem;
import svc.service.Source;

class SettingsTest {

  private static final long SECOND = 1_000_000_000L;

  private static Settings of(String text) {
    return Settings.of(new Source("init", "/etc/svc/init.conf", text));
  }

  private static Meaning of(Settings settings, String signal) {
    return settings.signals().get(Signal.parse(signal).orElseThrow().number());
  }

  /** One problem, and everything else as if the line were not there. */
  private static void isWrong(String text, int line, String key, String why) {
    Settings settings = of(text);
    assertEquals(List.of(new Problem("/etc/svc/init.conf", line, key, why)), settings.problems());
    assertEquals(Settings.usual().targets(), settings.targets());
    assertEquals(Settings.usual().signals(), settings.signals());
    assertEquals(Settings.usual().power(), settings.power());
    assertEquals(Settings.usual().stopTimeout(), settings.stopTimeout());
    assertEquals(Settings.usual().target(), settings.target());
  }

  @Test
  void theDefaults() {
    Settings usual = Settings.usual();
    assertEquals("default", usual.target());
    assertEquals(600 * SECOND, usual.stopTimeout());
    assertEquals(5 * SECOND, usual.killTimeout());
    assertEquals(List.of(), usual.shell());
    assertEquals("/var/log/svc/init.log", usual.log());
    assertEquals(
        Map.of(
            '1', "single", 'S', "single", 's', "single", '2', "default", '3', "default", '4',
            "default", '5', "default"),
        usual.targets());
    assertEquals(
        Map.of(
            ControlRequest.Kind.POWER_FAILS, "ignore",
            ControlRequest.Kind.POWER_FAILS_NOW, "poweroff",
            ControlRequest.Kind.POWER_IS_BACK, "ignore"),
        usual.power());
    for (String name : List.of("HUP", "INT", "QUIT", "USR1", "USR2", "PWR", "TERM", "WINCH")) {
      assertEquals(Meaning.usual(Signal.parse(name).orElseThrow()), of(usual, name), name);
    }
    assertEquals(List.of(), usual.problems());
  }

  @Test
  void everyKey() {
    Settings settings =
        of(
            """
            [init]
            target = web
            stop-timeout = 30s
            kill-timeout = 250ms
            shell = /bin/bash -l "a b"
            log = /var/log/init
            [runlevels]
            1 = rescue
            2 = two
            3 = three
            4 = four
            5 = desktop
            [power]
            fail = saving
            fail-now = halt
            ok = default
            [signals]
            HUP = ignore
            INT = halt
            QUIT = kexec
            USR1 = poweroff
            USR2 = reboot-now
            PWR = poweroff
            TERM = reboot
            WINCH = reload
            """);
    assertEquals(List.of(), settings.problems());
    assertEquals("web", settings.target());
    assertEquals(30 * SECOND, settings.stopTimeout());
    assertEquals(SECOND / 4, settings.killTimeout());
    assertEquals(List.of("/bin/bash", "-l", "a b"), settings.shell());
    assertEquals("/var/log/init", settings.log());
    assertEquals(
        Map.of(
            '1', "rescue", 'S', "rescue", 's', "rescue", '2', "two", '3', "three", '4', "four", '5',
            "desktop"),
        settings.targets());
    assertEquals("saving", settings.power().get(ControlRequest.Kind.POWER_FAILS));
    assertEquals("halt", settings.power().get(ControlRequest.Kind.POWER_FAILS_NOW));
    assertEquals("default", settings.power().get(ControlRequest.Kind.POWER_IS_BACK));
    assertEquals(Meaning.IGNORE, of(settings, "HUP"));
    assertEquals(Meaning.HALT, of(settings, "INT"));
    assertEquals(Meaning.KEXEC, of(settings, "QUIT"));
    assertEquals(Meaning.POWER_OFF, of(settings, "USR1"));
    assertEquals(Meaning.RESTART_NOW, of(settings, "USR2"));
    assertEquals(Meaning.POWER_OFF, of(settings, "PWR"));
    assertEquals(Meaning.RESTART, of(settings, "TERM"));
    assertEquals(Meaning.RELOAD, of(settings, "WINCH"));
  }

  @Test
  void aValueOfTheWrongFormCountsAsNotGiven() {
    isWrong(
        "[init]\nstop-timeout = soon\n",
        2,
        "init.stop-timeout",
        "expected a duration with its unit, as 500ms, 10s, 5m or 1h, or none, found \"soon\"");
    isWrong(
        "[signals]\nINT = re boot\n",
        2,
        "signals.INT",
        "expected a name of letters, digits and . _ @ : + -, found \"re boot\"");
  }

  @Test
  void anUnknownMeaningIsToldWithTheNearestOne() {
    Problem problem = of("[signals]\n\nINT = rebot\n").problems().get(0);
    assertEquals(3, problem.line());
    assertEquals("signals.INT", problem.key());
    String text = problem.text();
    assertTrue(text.startsWith("expected one of ignore, halt, poweroff, reboot,"), text);
    assertTrue(text.contains("found \"rebot\""), text);
    assertTrue(text.contains("reboot?"), text);
    assertEquals(Meaning.RESTART, of(of("[signals]\n\nINT = rebot\n"), "INT"));
  }

  @Test
  void anUnknownKeyIsToldWithTheNearestOne() {
    Settings settings = of("[init]\nstop-timout = 1s\n");
    assertEquals("init.stop-timout", settings.problems().get(0).key());
    String text = settings.problems().get(0).text();
    assertTrue(text.contains("init.stop-timeout"), text);
  }

  @Test
  void onlyTheFirstOfTwoCounts() {
    Settings settings = of("[init]\ntarget = a\ntarget = b\n");
    assertEquals("a", settings.target());
    assertEquals("given twice, first on line 2", settings.problems().get(0).text());
  }

  @Test
  void aLineOfNoFormIsAProblemAndTheOthersCount() {
    Settings settings = of("[init]\nnonsense\ntarget = web\n");
    assertEquals(1, settings.problems().size());
    assertEquals("web", settings.target());
  }

  @Test
  void thePowerCannotAskForTheStateOfThePower() {
    isWrong(
        "[power]\nfail = power\n",
        2,
        "power.fail",
        "expected a target, or what is to be done then");
  }

  @Test
  void anotherTimeOfTheCommandLineChangesNothingElse() {
    Settings settings = of("[init]\ntarget = web\n").within(SECOND);
    assertEquals(SECOND, settings.stopTimeout());
    assertEquals("web", settings.target());
  }
}
