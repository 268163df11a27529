package svc.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text in aligned columns. */
final class Table {

  private final List<String[]> rows = new ArrayList<>();
  private final int[] widths;

  /**
   * @param titles of the columns
   */
  Table(String... titles) {
    widths = new int[titles.length];
    row(titles);
  }

  void row(String... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = Text.line(cells[i]);
      widths[i] = Math.max(widths[i], row[i].length());
    }
    rows.add(row);
  }

  void print(Session session) {
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) line.append(Text.pad(row[i], widths[i] + 2));
      session.print(line.toString().stripTrailing());
    }
  }
}
