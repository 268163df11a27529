package svc.cli;

/** Text for one line of a terminal. */
final class Text {

  private Text() {}

  /**
   * The text with a blank for every control character: what a stranger sent neither breaks the line
   * nor speaks to the terminal.
   */
  static String line(String text) {
    StringBuilder line = null;
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isISOControl(text.charAt(i))) continue;
      if (line == null) line = new StringBuilder(text);
      line.setCharAt(i, ' ');
    }
    return line == null ? text : line.toString();
  }

  /** The text with blanks behind it up to this width. */
  static String pad(String text, int width) {
    return text.length() >= width ? text : text + " ".repeat(width - text.length());
  }

  /** Seconds with two digits, as {@code 0.12}. */
  static String seconds(long millis) {
    long hundredths = (millis + 5) / 10;
    long rest = hundredths % 100;
    return hundredths / 100 + (rest < 10 ? ".0" : ".") + rest;
  }
}
