package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {

  private static List<String> split(String text) {
    return Words.split(text).orElseThrow();
  }

  @Test
  void blanksPartWords() {
    assertEquals(List.of("a", "b", "c"), split("  a \t b\nc "));
    assertEquals(List.of(), split(" \t"));
  }

  @Test
  void singleQuotesKeepEverything() {
    assertEquals(List.of("a  $b \\ \"c\""), split("'a  $b \\ \"c\"'"));
  }

  @Test
  void doubleQuotesKeepAllButABackslashBeforeWhatItCanHide() {
    assertEquals(List.of("a \" \\ $ ` \\n '"), split("\"a \\\" \\\\ \\$ \\` \\n '\""));
  }

  @Test
  void aBackslashKeepsWhatFollows() {
    assertEquals(List.of("a b", "'"), split("a\\ b \\'"));
  }

  @Test
  void quotedPartsJoinTheWordTheyStandIn() {
    assertEquals(List.of("--name=a b/c d"), split("--name='a b'/\"c d\""));
  }

  @Test
  void emptyQuotesAreAWord() {
    assertEquals(List.of("a", "", ""), split("a '' \"\""));
  }

  @Test
  void nothingIsExpanded() {
    assertEquals(List.of("$HOME", "*", "~", "a;b", "|", "#c"), split("$HOME * ~ a;b | #c"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"'", "a 'b", "\"", "a \"b\\\"", "a\\"})
  void aQuoteLeftOpenIsNoCommand(String text) {
    assertEquals(Optional.empty(), Words.split(text));
  }
}
