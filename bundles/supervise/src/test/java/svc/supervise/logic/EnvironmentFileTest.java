package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFileTest {

  private static List<String> variables(String text) {
    EnvironmentFile file = EnvironmentFile.parse(text);
    assertTrue(file.ok(), () -> "line " + file.badLine());
    return file.variables();
  }

  @Test
  void aLineIsAVariable() {
    assertEquals(
        List.of("A=1", "B=two words", "C="),
        variables("A=1\n B = two words \n\nC=\n".replace("B =", "B=")));
    assertEquals(List.of("A=1", "B=2"), variables("# first\nexport A=1\r\n; then\nB=2"));
    assertEquals(List.of(), variables(""));
  }

  @Test
  void quotesKeepBlanksAndNothingIsExpanded() {
    assertEquals(
        List.of("A= one ", "B=a\"b$HOME\\n"), variables("A=' one '\nB=\"a\\\"b\\$HOME\\n\""));
    assertEquals(List.of("A=$HOME # all of it"), variables("A=$HOME # all of it"));
    assertEquals(List.of("A=it's", "B=\\"), variables("A=it's\nB=\"\\\\\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1",
        "A",
        "A B=1",
        "1A=1",
        "A='x",
        "A='x'y",
        "A=\"x",
        "A=\"x\"y",
        "A=\"x\\\"",
        "A=\0"
      })
  void anyOtherLineIsNamed(String line) {
    assertEquals(2, EnvironmentFile.parse("OK=1\n" + line + "\nB=2").badLine());
    assertEquals(List.of(), EnvironmentFile.parse(line).variables());
  }
}
