package svc.service;

import java.util.ArrayList;
import java.util.List;
import svc.service.Declaration.Entry;

/**
 * Reads the form of a declaration file: {@code [section]} and {@code key = value} lines, comments
 * on lines of their own that begin with {@code #} or {@code ;}. Blanks around names and values do
 * not count; nothing is expanded. What the keys mean is not looked at here.
 */
public final class DeclarationReader {

  private final Source source;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private String section = "";
  private int line;

  private DeclarationReader(Source source) {
    this.source = source;
  }

  /**
   * What came of reading.
   *
   * @param declaration with all lines that could be read
   * @param problems one for each line that could not
   */
  public record Reading(Declaration declaration, List<Problem> problems) {}

  /**
   * Reads a declaration. Never throws for what is written there.
   *
   * @param source the text and whose it is
   * @return what could be read
   */
  public static Reading read(Source source) {
    return new DeclarationReader(source).run();
  }

  private Reading run() {
    if (!Kind.isName(source.service()))
      problem("\"" + source.service() + "\" is no service name; expected " + Kind.NAME.expected());
    for (String text : source.text().split("\r?\n", -1)) {
      line++;
      take(text.strip());
    }
    return new Reading(
        new Declaration(source.service(), source.file(), entries), List.copyOf(problems));
  }

  private void take(String text) {
    if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) return;
    if (text.indexOf('\0') >= 0) problem("a NUL byte; expected text");
    else if (text.startsWith("[")) takeSection(text);
    else takeEntry(text);
  }

  private void takeSection(String text) {
    section = text.endsWith("]") ? text.substring(1, text.length() - 1).strip() : "";
    if (section.isEmpty()) problem("expected [section], found \"" + text + "\"");
  }

  private void takeEntry(String text) {
    int equals = text.indexOf('=');
    String key = equals < 0 ? "" : text.substring(0, equals).strip();
    if (key.isEmpty()) problem("expected [section] or key = value, found \"" + text + "\"");
    else if (section.isEmpty())
      problem("\"" + key + "\" stands in no section; expected [service] above it");
    else entries.add(new Entry(section, key, text.substring(equals + 1).strip(), line));
  }

  private void problem(String text) {
    problems.add(new Problem(source.file(), line, "", text));
  }
}
