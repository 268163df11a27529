package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkTest {

  private static final Mark TOP = Mark.of(Map.of(), "/run/svc");
  private static final Mark OUTER = Mark.of(TOP.service("outer", "main", 7), "/run/outer");
  private static final Mark INNERMOST = Mark.of(OUTER.service("inner", "aux", 8), "/run/inner");

  /** A bar stands for the NUL after each entry. */
  private static byte[] bytes(String environ) {
    return environ.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] environ(Map<String, String> variables) {
    StringBuilder text = new StringBuilder("PATH=/bin|");
    new TreeMap<>(variables).forEach((name, value) -> text.append(name + "=" + value + "|"));
    return bytes(text.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "SVC_SERVICE=web|SVC_RUN=/run/svc|A=b|, web",
    "A=b|SVC_RUN=/run/svc|SVC_SERVICE=web|, web",
    "A=b|SVC_RUN=/run/svc|SVC_SERVICE=web, web",
    "A=b|, ''",
    "'', ''",
    "SVC_SERVICE=web|, ''",
    "XSVC_SERVICE=web|SVC_RUN=/run/svc|, ''",
    "A=SVC_SERVICE=web|SVC_RUN=/run/svc|, ''",
    "SVC_SERVICE=|SVC_RUN=/run/svc|, ''",
    "SVC_SERVICE=web|SVC_RUN=/run/svc2|, ''",
    "SVC_SERVICE=web|SVC_RUN=/run/svc:/run/outer|, ''",
    "SVC_SERVICE=web/x|SVC_RUN=/run/svc:/run/outer|, web",
    "SVC_SERVICE=web/x|SVC_RUN=/run/svc|, ''"
  })
  void aProcessBelongsToWhomItsEnvironmentNames(String environ, String service) {
    assertEquals(service, TOP.serviceOf(bytes(environ)));
  }

  @Test
  void aServiceOfAManagerThatIsAServiceBelongsToBoth() {
    byte[] inner = environ(OUTER.service("inner", "aux", 8));
    assertEquals("inner", OUTER.serviceOf(inner));
    assertEquals("outer", TOP.serviceOf(inner));
    assertEquals("outer", TOP.serviceOf(environ(TOP.service("outer", "main", 7))));
    assertEquals("", OUTER.serviceOf(environ(TOP.service("outer", "main", 7))));
  }

  @Test
  void whateverIsBelowBelongsToEveryLevelAbove() {
    byte[] deep = environ(INNERMOST.service("deep", "main", 9));
    assertEquals("deep", INNERMOST.serviceOf(deep));
    assertEquals("inner", OUTER.serviceOf(deep));
    assertEquals("outer", TOP.serviceOf(deep));
  }

  @Test
  void managersWithServicesOfTheSameNameDoNotTakeEachOthers() {
    Mark other = Mark.of(Map.of(), "/tmp/other");
    assertEquals("", other.serviceOf(environ(TOP.service("outer", "main", 7))));
    assertEquals("", other.serviceOf(environ(OUTER.service("inner", "aux", 8))));
    Mark beside = Mark.of(TOP.service("outer", "main", 7), "/run/beside");
    assertEquals("", beside.serviceOf(environ(OUTER.service("inner", "aux", 8))));
  }

  @Test
  void aSupervisorIsKnownToItsOwnManagerAlone() {
    byte[] main = bytes(TOP.supervisor("main") + "|");
    assertEquals("main", TOP.supervisorOf(main));
    assertEquals("", TOP.serviceOf(main));
    assertEquals("", OUTER.supervisorOf(main));
    assertEquals("", TOP.supervisorOf(bytes(OUTER.supervisor("main") + "|")));
  }

  @Test
  void aStartIsKnownAtEveryLevel() {
    byte[] deep = environ(INNERMOST.service("deep", "main", 9));
    assertEquals(new Mark.Start("deep", "main", 9, true), INNERMOST.startOf(deep));
    assertEquals(new Mark.Start("inner", "aux", 8, false), OUTER.startOf(deep));
    assertEquals(new Mark.Start("outer", "main", 7, false), TOP.startOf(deep));
    assertEquals(null, Mark.of(Map.of(), "/tmp/other").startOf(deep));
  }

  @ParameterizedTest
  @CsvSource({"x", "main", "main/", "/3", "main/1234567890123456789", "main/3/4"})
  void aStartThatNobodyWroteIsNone(String start) {
    byte[] environ = bytes("SVC_SERVICE=web|SVC_RUN=/run/svc|SVC_START=" + start + "|");
    assertEquals(new Mark.Start("web", "", 0, true), TOP.startOf(environ));
  }
}
