package svc.packaging;

import java.util.ArrayList;
import java.util.List;

/**
 * svc(5), of {@code docs/declaration.md}, whose tables of keys a test holds to the code. As much of
 * Markdown is read as stands there: headings, paragraphs, lists, tables, indented examples.
 */
final class Reference {

  private static final int COLUMNS = 5;

  private final Roff roff;
  private final List<String> block = new ArrayList<>();

  private Reference(Roff roff) {
    this.roff = roff;
  }

  static String page(String markdown, Roff.Edition edition) {
    Roff roff = new Roff("svc", 5, edition, "declarations of services");
    Reference reference = new Reference(roff.section("Description"));
    for (String line : (markdown + "\n\n").lines().toList()) reference.line(line);
    roff.section("See also").paragraph("svc(1), svc-init(8), svc-manager(8)");
    return roff.toString();
  }

  private void line(String line) {
    boolean apart = line.isBlank() || line.startsWith("#") || line.startsWith("<!--");
    boolean item = line.startsWith("- ") || line.startsWith("|");
    if (apart || item) flush();
    if (line.startsWith("## ")) roff.section(plain(line.substring(3)));
    else if (line.startsWith("|")) row(line);
    else if (!apart) block.add(line);
  }

  private void flush() {
    if (block.isEmpty()) return;
    if (block.get(0).startsWith("    ")) {
      roff.example(block.stream().map(each -> each.substring(Math.min(4, each.length()))).toList());
    } else {
      String text = plain(String.join(" ", block.stream().map(String::strip).toList()));
      if (text.startsWith("- ")) roff.bullet(text.substring(2));
      else roff.paragraph(text);
    }
    block.clear();
  }

  /** A key: section, name, value, default, text. */
  private void row(String line) {
    String[] cells = line.substring(1).split("\\|", -1);
    if (cells.length <= COLUMNS || !cells[1].contains("`")) return; // the table's head
    String fallback = plain(cells[3]).strip();
    roff.item(
        "[" + cells[0].strip() + "] " + plain(cells[1]).strip() + " = " + plain(cells[2]).strip(),
        List.of(plain(cells[4]).strip(), fallback.isEmpty() ? "" : "(default: " + fallback + ")"));
  }

  private static String plain(String markdown) {
    return markdown.replace("`", "").replaceAll("\\*(\\w[^*]*)\\*", "$1").stripTrailing();
  }
}
