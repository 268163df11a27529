package svc.manager.logic;

import java.util.Optional;

/**
 * A service {@code PREFIX@ARGUMENT}, made from the template {@code PREFIX@}. In the values of its
 * declaration {@code %} and a letter stand for parts of its name.
 *
 * @param name the whole of it
 */
record Instance(String name, String prefix, String argument) {

  /** What there is, for people. */
  static final String KNOWN =
      "%i the instance, %I the same with / for -, %p what stands before @, %n the full name, %% a"
          + " percent sign";

  private static final char MARK = '@';

  /** Empty for a name that is no instance's. */
  static Optional<Instance> of(String service) {
    int at = service.indexOf(MARK);
    if (at <= 0 || at == service.length() - 1) return Optional.empty();
    return Optional.of(new Instance(service, service.substring(0, at), service.substring(at + 1)));
  }

  /** Whether a declaration of this name is no service, but what instances are made from. */
  static boolean isTemplate(String service) {
    return service.indexOf(MARK) == service.length() - 1 && service.length() > 1;
  }

  String template() {
    return prefix + MARK;
  }

  /**
   * @return the value with all parts filled in, or empty when one is unknown
   */
  Optional<String> expand(String value) {
    if (value.indexOf('%') < 0) return Optional.of(value);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String part = c != '%' ? String.valueOf(c) : part(value, ++i);
      if (part == null) return Optional.empty();
      text.append(part);
    }
    return Optional.of(text.toString());
  }

  private String part(String value, int i) {
    return switch (i < value.length() ? value.charAt(i) : ' ') {
      case 'i' -> argument;
      case 'I' -> argument.replace('-', '/');
      case 'p' -> prefix;
      case 'n' -> name;
      case '%' -> "%";
      default -> null;
    };
  }
}
