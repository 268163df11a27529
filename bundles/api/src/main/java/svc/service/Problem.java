package svc.service;

/**
 * Something wrong in what the user wrote. Collected, never thrown.
 *
 * @param file as the user named it
 * @param line from 1, or 0 when it is about the whole file
 * @param key {@code section.key}, or empty when it is not about one key
 * @param text what is wrong and what was expected
 */
public record Problem(String file, int line, String key, String text) {

  @Override
  public String toString() {
    String where = line > 0 ? file + ":" + line : file;
    return key.isEmpty() ? where + ": " + text : where + ": " + key + ": " + text;
  }
}
