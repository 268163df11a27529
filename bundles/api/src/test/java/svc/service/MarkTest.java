package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MarkTest {

  /** A bar stands for the NUL after each entry. */
  @ParameterizedTest
  @CsvSource({
    "SVC_SERVICE=web|A=b|, web",
    "A=b|SVC_SERVICE=web|, web",
    "A=b|SVC_SERVICE=web, web",
    "A=b|, ''",
    "'', ''",
    "XSVC_SERVICE=web|, ''",
    "A=SVC_SERVICE=web|, ''",
    "SVC_SERVICE=|, ''"
  })
  void aProcessBelongsToWhomItsEnvironmentNames(String environ, String service) {
    byte[] bytes = environ.replace('|', '\0').getBytes(StandardCharsets.UTF_8);
    assertEquals(service, Mark.service(bytes));
  }
}
