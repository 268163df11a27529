package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

  private final Ran.Runner runner = new Ran.Runner();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "up",
        "up --x y",
        "status --x",
        "why",
        "kill",
        "kill -s",
        "graph --x",
        "logs -n x",
        "why a b",
        "start",
        "stop",
        "restart --no-wait",
        "check",
        "reload --plan x",
        "pin",
        "pin x",
        "unpin",
        "enable",
        "plan --target",
        "plan",
        "events x",
        "shutdown x",
        "nv",
        "nv x",
        "nv dump",
        "nv repack a",
        "nv call",
        "dump-inifile",
        "update",
        "update --plan",
        "upgrade",
        "upgrade --plan",
        "types x",
        "help type",
        "-x",
        "stats",
        "@file"
      })
  void misuseIsOneLineAndTwo(String words) {
    runner.svc(words.split(" ")).bad(2, "svc");
  }

  @Test
  void theNearestCommandIsOffered() {
    runner.svc().bad(2, "svc: expected a command; svc --help lists them");
    runner.svc("stats").bad(2, "svc: no command stats; did you mean status?");
    runner.svc("frobnicate").bad(2, "svc --help");
    runner.run("svc-manager", "--a").bad(2, "svc-manager --help");
    runner.run("svc-supervise", "--x", "y").bad(2, "svc-supervise --help");
    runner.run("svc-init", "nonsense").bad(2, "expected a runlevel (0 to 6, S, Q or U)");
    runner.run("svc-other").bad(2, "svc-other");
  }

  @Test
  void everyCommandHasHelpAndVersion() {
    Ran help = runner.svc("--help").good();
    for (String command :
        "up status why kill logs graph tree start stop restart reload enable disable pin unpin shutdown events check plan nv dump-inifile update upgrade types"
            .split(" ")) {
      assertTrue(help.lines().stream().anyMatch(line -> line.startsWith("  " + command + " ")));
      assertTrue(runner.svc(command, "--help").good().out().startsWith("Usage: svc " + command));
      assertTrue(runner.svc("help", command).good().out().startsWith("Usage: svc " + command));
      assertTrue(runner.svc(command, "--version").good().out().startsWith("svc "));
    }
    for (String command : "dump repack call".split(" "))
      assertTrue(runner.svc("nv", command, "--help").good().out().startsWith("Usage: svc nv "));
    for (String program : "svc-manager svc-supervise".split(" "))
      assertTrue(runner.run(program, "--help").good().out().startsWith("Usage: " + program));
    assertEquals(1, runner.svc("--version").good().lines().size());
  }
}
