package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import svc.os.Content;
import svc.os.Errno;
import svc.os.ProcessInfo;

class PidFileTest {

  private static final ProcessInfo DAEMON = new ProcessInfo(77, 1, 76, 75, 1_000, false);

  private static Content holds(String text) {
    return new Content(text.getBytes(StandardCharsets.US_ASCII), Errno.OK);
  }

  private static PidFile judge(ProcessInfo process, boolean descends, long startedAt) {
    return PidFile.judge("/run/x.pid", holds("77\n"), process, descends, startedAt);
  }

  @ParameterizedTest
  @CsvSource({"'77', 77", "'77\n', 77", "' 77 \n', 77", "'999999999', 999999999"})
  void oneNumberIsAPid(String text, int pid) {
    assertEquals(pid, PidFile.number(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "0", "-1", "077", "7x", "1 2", "9999999999"})
  void anythingElseIsNone(String text) {
    assertEquals(0, PidFile.number(text.getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void aProcessOfOursThatCameAfterTheStartIsBelieved() {
    assertEquals(new PidFile(77, 76, ""), judge(DAEMON, true, 1_000));
  }

  @Test
  void anOlderProcessMakesTheFileStale() {
    assertEquals(
        "pid file /run/x.pid is stale: it names 77, which ran before the service was started",
        judge(DAEMON, true, 1_001).problem());
  }

  @Test
  void aStrangerIsNotBelieved() {
    assertEquals(
        "pid file /run/x.pid names 77, which is no process of this service",
        judge(DAEMON, false, 0).problem());
  }

  @Test
  void aDeadProcessIsNotBelieved() {
    String dead = "pid file /run/x.pid names 77, which does not run";
    assertEquals(dead, judge(null, true, 0).problem());
    assertEquals(dead, judge(new ProcessInfo(77, 1, 76, 75, 1_000, true), true, 0).problem());
  }

  @Test
  void aFileThatIsNotThereOrHoldsNothingSaysSo() {
    Content missing = new Content(new byte[0], Errno.ENOENT);
    assertEquals(
        "pid file /x: No such file or directory (ENOENT)",
        PidFile.judge("/x", missing, null, false, 0).problem());
    assertEquals(
        "pid file /x holds no process id",
        PidFile.judge("/x", holds("soon"), null, false, 0).problem());
  }
}
