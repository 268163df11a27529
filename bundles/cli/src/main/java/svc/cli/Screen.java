package svc.cli;

/** Lines of services side by side, from any thread. */
final class Screen {

  enum Colour {
    PLAIN(""),
    GOOD("\033[32m"),
    BAD("\033[31m"),
    PASSING("\033[33m"),
    FAINT("\033[2m");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  private static final String RESET = "\033[0m";

  private final Session session;
  private int width;
  private boolean alone;
  private boolean broken;

  Screen(Session session) {
    this.session = session;
  }

  /** The column of names has room for this one from now on. */
  synchronized void makeRoom(String name) {
    width = Math.max(width, name.length());
  }

  /** There is one service only: its name need not stand before what it writes. */
  synchronized void leaveNamesOut() {
    alone = true;
  }

  /** Something about a service. */
  synchronized void state(String name, String text, Colour colour) {
    session.print(Text.pad(name, width) + "  " + paint(text, colour));
    broken |= session.out().checkError();
  }

  /** A line that a service wrote, as the bytes it is. */
  synchronized void output(String name, byte[] bytes, int from, int length) {
    if (!alone) session.out().print(paint(Text.pad(name, width) + " | ", Colour.FAINT));
    session.out().write(bytes, from, length);
    session.out().print('\n');
    broken |= session.out().checkError();
  }

  synchronized void say(String text) {
    session.print(text);
    broken |= session.out().checkError();
  }

  /** Nobody reads any more. */
  synchronized boolean broken() {
    return broken;
  }

  private String paint(String text, Colour colour) {
    return session.terminal() && colour != Colour.PLAIN ? colour.code + text + RESET : text;
  }
}
