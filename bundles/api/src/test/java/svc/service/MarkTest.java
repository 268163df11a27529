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
  private static final Mark OUTER = Mark.of(TOP.service("outer"), "/run/outer");
  private static final Mark INNERMOST = Mark.of(OUTER.service("inner"), "/run/inner");

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
    byte[] inner = environ(OUTER.service("inner"));
    assertEquals("inner", OUTER.serviceOf(inner));
    assertEquals("outer", TOP.serviceOf(inner));
    assertEquals("outer", TOP.serviceOf(environ(TOP.service("outer"))));
    assertEquals("", OUTER.serviceOf(environ(TOP.service("outer"))));
  }

  @Test
  void whateverIsBelowBelongsToEveryLevelAbove() {
    byte[] deep = environ(INNERMOST.service("deep"));
    assertEquals("deep", INNERMOST.serviceOf(deep));
    assertEquals("inner", OUTER.serviceOf(deep));
    assertEquals("outer", TOP.serviceOf(deep));
  }

  @Test
  void managersWithServicesOfTheSameNameDoNotTakeEachOthers() {
    Mark other = Mark.of(Map.of(), "/tmp/other");
    assertEquals("", other.serviceOf(environ(TOP.service("outer"))));
    assertEquals("", other.serviceOf(environ(OUTER.service("inner"))));
    Mark beside = Mark.of(TOP.service("outer"), "/run/beside");
    assertEquals("", beside.serviceOf(environ(OUTER.service("inner"))));
  }

  @Test
  void aSupervisorIsKnownToItsOwnManagerAlone() {
    byte[] main = bytes(TOP.supervisor("main") + "|");
    assertEquals("main", TOP.supervisorOf(main));
    assertEquals("", TOP.serviceOf(main));
    assertEquals("", OUTER.supervisorOf(main));
    assertEquals("", TOP.supervisorOf(bytes(OUTER.supervisor("main") + "|")));
  }
}
