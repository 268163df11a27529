package svc.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Splits a command as the POSIX shell does before it expands anything (Shell Command Language, 2.2
 * Quoting): blanks part words; {@code '...'} keeps all; {@code "..."} keeps all but a backslash
 * before {@code " \ $ `}; a backslash keeps what follows. Nothing is expanded.
 */
public final class Words {

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean started;
  private int at;

  private Words(String text) {
    this.text = text;
  }

  /**
   * Splits a command.
   *
   * @param text one or more lines
   * @return the words, or nothing when a quote is left open or a backslash stands at the end
   */
  public static Optional<List<String>> split(String text) {
    return new Words(text).run();
  }

  private Optional<List<String>> run() {
    while (at < text.length()) if (!step(text.charAt(at++))) return Optional.empty();
    finishWord();
    return Optional.of(List.copyOf(words));
  }

  private boolean step(char c) {
    switch (c) {
      case ' ', '\t', '\n' -> finishWord();
      case '\'' -> {
        return single();
      }
      case '"' -> {
        return twofold();
      }
      case '\\' -> {
        return escaped();
      }
      default -> keep(c);
    }
    return true;
  }

  private boolean single() {
    int end = text.indexOf('\'', at);
    if (end < 0) return false;
    started = true;
    word.append(text, at, end);
    at = end + 1;
    return true;
  }

  private boolean twofold() {
    started = true;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"') return true;
      if (c == '\\' && at < text.length() && "\"\\$`".indexOf(text.charAt(at)) >= 0)
        c = text.charAt(at++);
      word.append(c);
    }
    return false;
  }

  private boolean escaped() {
    if (at == text.length()) return false;
    keep(text.charAt(at++));
    return true;
  }

  private void keep(char c) {
    started = true;
    word.append(c);
  }

  private void finishWord() {
    if (started) words.add(word.toString());
    started = false;
    word.setLength(0);
  }
}
