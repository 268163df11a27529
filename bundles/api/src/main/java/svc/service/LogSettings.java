package svc.service;

/**
 * What a declaration says about its log.
 *
 * @param stamp what each line begins with
 * @param maxSize bytes after which another file is begun
 * @param maxAge nanoseconds after which another file is begun
 * @param keep how many older files stay
 * @param compress whether those are compressed
 * @param maxLine bytes after which a line is ended
 * @param mode of the files
 * @param drops whether what cannot be written is dropped, so that the service does not wait
 */
public record LogSettings(
    Stamp stamp,
    long maxSize,
    long maxAge,
    int keep,
    boolean compress,
    int maxLine,
    int mode,
    boolean drops) {

  /** What each line begins with. */
  public enum Stamp {
    /** Nothing. */
    NONE,
    /** {@link LogFiles#iso}. */
    ISO,
    /** {@link LogFiles#tai64n}. */
    TAI64N
  }

  /**
   * As a declaration has it.
   *
   * @param declaration any; in place of a value that is none of its kind the default counts
   * @return its settings
   */
  public static LogSettings of(Declaration declaration) {
    return new LogSettings(
        stamp(text(declaration, Keys.LOG_STAMP)),
        Sizes.bytes(text(declaration, Keys.LOG_MAX_SIZE)),
        Durations.parse(text(declaration, Keys.LOG_MAX_AGE)).orElse(Durations.FOREVER),
        Integer.parseInt(text(declaration, Keys.LOG_KEEP)),
        text(declaration, Keys.LOG_COMPRESS).equals("yes"),
        (int) Sizes.bytes(text(declaration, Keys.LOG_MAX_LINE)),
        Integer.parseInt(text(declaration, Keys.LOG_MODE), 8),
        text(declaration, Keys.LOG_WHEN_FULL).equals("drop"));
  }

  private static String text(Declaration declaration, Key key) {
    String text = declaration.text(key);
    return key.kind().accepts(text) ? text : key.fallback();
  }

  private static Stamp stamp(String text) {
    return switch (text) {
      case "none" -> Stamp.NONE;
      case "tai64n" -> Stamp.TAI64N;
      default -> Stamp.ISO;
    };
  }

  /**
   * Whether any output of a service goes to its log.
   *
   * @param declaration any
   * @return whether it does
   */
  public static boolean wants(Declaration declaration) {
    return declaration.text(Keys.STDOUT).equals("log")
        || declaration.text(Keys.STDERR).equals("log");
  }
}
