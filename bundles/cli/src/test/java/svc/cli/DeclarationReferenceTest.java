package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import svc.service.Key;
import svc.service.Keys;
import svc.type.ServiceType;

/**
 * docs/declaration.md has every key as the code has it. {@code -Dsvc.docs=write} writes its tables
 * anew.
 */
class DeclarationReferenceTest {

  private static final Path REFERENCE = Path.of("..", "..", "docs", "declaration.md");
  private static final Pattern TABLE =
      Pattern.compile("(<!-- keys ?([a-z]*) -->\n).*?(<!-- end -->)", Pattern.DOTALL);

  @Test
  void theReferenceHasEveryKey() throws IOException {
    String text = Files.readString(REFERENCE);
    String current = TABLE.matcher(text).replaceAll(DeclarationReferenceTest::table);
    if ("write".equals(System.getProperty("svc.docs"))) Files.writeString(REFERENCE, current);
    else assertEquals(current, text, "write it anew with -Dsvc.docs=write");
  }

  @Test
  void everyTypeHasItsChapter() throws IOException {
    String text = Files.readString(REFERENCE);
    for (ServiceType type : ServiceLoader.load(ServiceType.class)) {
      assertTrue(text.contains("\n## Type " + type.name() + "\n"), type.name());
    }
  }

  private static String table(MatchResult place) {
    StringBuilder table = new StringBuilder(place.group(1));
    table.append("| section | key | value | default | |\n| --- | --- | --- | --- | --- |\n");
    for (Key key : keys(place.group(2))) {
      String fallback = key.fallback().isEmpty() ? "" : "`" + key.fallback() + "`";
      String value = key.kind().expected() + (key.repeatable() ? "; *adds up*" : "");
      table.append(
          "| %s | `%s` | %s | %s | %s |\n"
              .formatted(key.section(), key.name(), value, fallback, key.help()));
    }
    return Matcher.quoteReplacement(table + place.group(3));
  }

  private static List<Key> keys(String type) {
    if (type.isEmpty()) return Keys.COMMON;
    return ServiceLoader.load(ServiceType.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(each -> each.name().equals(type))
        .findFirst()
        .orElseThrow()
        .keys();
  }
}
