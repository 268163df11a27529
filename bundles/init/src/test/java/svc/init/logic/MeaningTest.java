package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import svc.os.Signal;

class MeaningTest {

  /** systemd(1), SIGNALS: the same on a machine and in a container. */
  private static final Map<String, Meaning> SYSTEMD =
      Map.of(
          "RTMIN+3", Meaning.HALT,
          "RTMIN+4", Meaning.POWER_OFF,
          "RTMIN+5", Meaning.RESTART,
          "RTMIN+6", Meaning.KEXEC,
          "RTMIN+13", Meaning.HALT_NOW,
          "RTMIN+14", Meaning.POWER_OFF_NOW,
          "RTMIN+15", Meaning.RESTART_NOW,
          "RTMIN+16", Meaning.KEXEC_NOW);

  private static final Map<String, Meaning> ON_A_MACHINE =
      Map.of(
          "INT", Meaning.RESTART,
          "PWR", Meaning.POWER,
          "USR1", Meaning.REOPEN,
          "USR2", Meaning.CLOSE,
          "HUP", Meaning.RELOAD);

  private static final Map<String, Meaning> IN_A_CONTAINER =
      Map.of(
          "TERM", Meaning.POWER_OFF,
          "INT", Meaning.POWER_OFF,
          "QUIT", Meaning.POWER_OFF,
          "PWR", Meaning.POWER_OFF,
          "USR1", Meaning.REOPEN,
          "HUP", Meaning.RELOAD);

  @Test
  void everySignalOnAMachineAndInAContainer() {
    for (int number = 1; number <= 64; number++) {
      Signal signal = new Signal(number);
      Meaning systemd = SYSTEMD.getOrDefault(signal.name(), Meaning.IGNORE);
      assertEquals(
          ON_A_MACHINE.getOrDefault(signal.name(), systemd), Meaning.usual(signal), signal.name());
      assertEquals(
          IN_A_CONTAINER.getOrDefault(signal.name(), systemd),
          Meaning.inContainer(signal),
          signal.name());
    }
  }

  @Test
  void everyWordOfTheConfiguration() {
    assertEquals(
        List.of(
            "ignore",
            "halt",
            "poweroff",
            "reboot",
            "kexec",
            "halt-now",
            "poweroff-now",
            "reboot-now",
            "kexec-now",
            "power",
            "reopen",
            "close",
            "reload"),
        Meaning.texts());
    for (Meaning meaning : Meaning.values()) assertEquals(meaning, Meaning.of(meaning.text()));
    assertNull(Meaning.of("HALT"));
    assertNull(Meaning.of(""));
  }

  @Test
  void whatEndsItAndHow() {
    Map<Leave, List<Meaning>> wanted =
        Map.of(
            Leave.HALT, List.of(Meaning.HALT, Meaning.HALT_NOW),
            Leave.POWER_OFF, List.of(Meaning.POWER_OFF, Meaning.POWER_OFF_NOW),
            Leave.RESTART, List.of(Meaning.RESTART, Meaning.RESTART_NOW),
            Leave.KEXEC, List.of(Meaning.KEXEC, Meaning.KEXEC_NOW));
    for (Meaning meaning : Meaning.values()) {
      Leave leave =
          wanted.entrySet().stream()
              .filter(entry -> entry.getValue().contains(meaning))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(null);
      assertEquals(leave, meaning.leave(), meaning.name());
      assertEquals(meaning.name().endsWith("_NOW"), meaning.atOnce(), meaning.name());
    }
  }
}
