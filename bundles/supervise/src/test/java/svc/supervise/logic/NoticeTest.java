package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The words of sd_notify(3). */
class NoticeTest {

  private static Notice of(String datagram) {
    return Notice.of(datagram.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void severalLinesAtOnce() {
    Notice notice = of("READY=1\nSTATUS=Serving 3 clients\nMAINPID=4711");
    assertTrue(notice.ready());
    assertEquals("Serving 3 clients", notice.status());
    assertEquals(4711, notice.mainPid());
    assertFalse(notice.reloading() || notice.stopping() || notice.watchdog());
  }

  @Test
  void everythingElseThatCounts() {
    Notice notice =
        of("RELOADING=1\nSTOPPING=1\nEXTEND_TIMEOUT_USEC=5000000\nWATCHDOG=1\nWATCHDOG_USEC=20\n");
    assertTrue(notice.reloading() && notice.stopping() && notice.watchdog());
    assertEquals(5_000_000, notice.extend());
    assertEquals(20, notice.watchdogPeriod());
    assertTrue(of("WATCHDOG=trigger").trigger());
  }

  @Test
  void whatIsNoneOfOurBusinessIsPassedOver() {
    Notice notice = of("FDSTORE=1\nBARRIER=1\nERRNO=2\nno equals sign\n=\n\nX_OTHER=READY=1");
    assertFalse(notice.ready());
    assertNull(notice.status());
  }

  @Test
  void numbersThatAreNoneAreLeftOut() {
    Notice notice = of("MAINPID=-1\nEXTEND_TIMEOUT_USEC=1e9\nWATCHDOG_USEC=99999999999999999999");
    assertEquals(0, notice.mainPid());
    assertEquals(0, notice.extend());
    assertEquals(0, notice.watchdogPeriod());
  }

  @Test
  void aStatusIsOneLineThatATerminalCanShow() {
    assertEquals("a[2Jb", of("STATUS= a\u001b[2Jb\r").status().replace(" ", ""));
    assertEquals(200, of("STATUS=" + "x".repeat(1_000)).status().length());
    assertEquals("", of("STATUS=").status());
  }

  @Test
  void bytesThatAreNoTextDoNoHarm() {
    byte[] noise = new byte[4096];
    for (int i = 0; i < noise.length; i++) noise[i] = (byte) (i * 31);
    assertFalse(Notice.of(noise).ready());
  }
}
