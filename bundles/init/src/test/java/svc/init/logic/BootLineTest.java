package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.init.logic.BootLine.Mode;

class BootLineTest {

  private static BootLine of(String kernel, String... words) {
    return BootLine.of(kernel, List.of(words));
  }

  @Test
  void whatMostMachinesSay() {
    assertEquals(
        new BootLine("", Mode.NORMAL), of("BOOT_IMAGE=/vmlinuz root=UUID=1-2 ro quiet splash\n"));
    assertEquals(new BootLine("", Mode.NORMAL), of(""));
  }

  @Test
  void aTarget() {
    assertEquals("rescue", of("ro svc.target=rescue quiet").target());
    assertEquals("b", of("svc.target=a svc.target=b").target());
    assertEquals("", of("xsvc.target=a target=b").target());
  }

  @Test
  void aShellFirst() {
    for (String word : List.of("emergency", "-b")) {
      assertEquals(Mode.EMERGENCY, of("ro " + word + " quiet").mode());
    }
  }

  @Test
  void singleUser() {
    for (String word : List.of("single", "S", "s", "1")) {
      assertEquals(Mode.SINGLE, of("ro " + word).mode());
    }
  }

  @Test
  void emergencyIsMoreThanSingle() {
    assertEquals(Mode.EMERGENCY, of("single emergency").mode());
    assertEquals(Mode.EMERGENCY, of("emergency single").mode());
  }

  @Test
  void onlyWholeWordsCount() {
    assertEquals(Mode.NORMAL, of("singleton isolcpus=1 S3 emergency=no").mode());
  }

  @Test
  void ourOwnArgumentsSayItToo() {
    assertEquals(new BootLine("web", Mode.SINGLE), of("ro quiet", "single", "svc.target=web"));
  }
}
