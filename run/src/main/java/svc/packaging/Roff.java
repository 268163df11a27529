package svc.packaging;

import java.util.List;
import java.util.Locale;

/**
 * Writes a page in the language of man(7). Text is plain text; what roff would read as its own is
 * masked.
 */
final class Roff {

  /**
   * Which one this is.
   *
   * @param date of the sources, so that the same sources make the same page
   */
  record Edition(String version, String date) {}

  private final StringBuilder page = new StringBuilder();

  /** A page begins so: {@code NAME(section)}, and what it is in one line. */
  Roff(String name, int section, Edition edition, String what) {
    String title = name.toUpperCase(Locale.ROOT) + " " + section;
    line(".TH " + title + " " + edition.date() + " " + quoted("svc " + edition.version()));
    section("NAME");
    line(mask(name) + " \\- " + mask(what));
  }

  Roff section(String title) {
    return line(".SH " + quoted(title.toUpperCase(Locale.ROOT)));
  }

  Roff part(String title) {
    return line(".SS " + quoted(title));
  }

  Roff paragraph(String text) {
    return apart().text(text);
  }

  /** A line of its own as it stands, its first word bold. */
  Roff synopsis(String text) {
    if (page.toString().endsWith(".hy\n")) line(".br");
    int space = text.indexOf(' ');
    String first = space < 0 ? text : text.substring(0, space);
    line(".nh").line(".B " + quoted(first));
    if (space >= 0) text(text.substring(space + 1));
    return line(".hy");
  }

  /** What is described, and the description, which is set in. */
  Roff item(String term, List<String> description) {
    line(".TP").line(".B " + quoted(term));
    return text(String.join(" ", description));
  }

  Roff bullet(String text) {
    return line(".IP \\(bu 2").text(text);
  }

  /** Lines that are not filled. */
  Roff example(List<String> lines) {
    apart().line(".RS 4").line(".nf");
    lines.forEach(each -> line(masked(each)));
    return line(".fi").line(".RE");
  }

  /** A heading sets what follows apart by itself. */
  private Roff apart() {
    int last = page.lastIndexOf("\n", page.length() - 2) + 1;
    return page.indexOf(".S", last) == last ? this : line(".PP");
  }

  private Roff text(String text) {
    return line(masked(text));
  }

  private Roff line(String line) {
    page.append(line).append('\n');
    return this;
  }

  private static String quoted(String text) {
    return '"' + mask(text).replace("\"", "\\(dq") + '"';
  }

  /** A whole line: one that begins with a dot or an apostrophe would be a request. */
  private static String masked(String text) {
    String masked = mask(text);
    return masked.startsWith(".") || masked.startsWith("'") ? "\\&" + masked : masked;
  }

  private static String mask(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("`", "\\`")
        .replace("'", "\\(aq")
        .replace("^", "\\(ha")
        .replace("~", "\\(ti");
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
