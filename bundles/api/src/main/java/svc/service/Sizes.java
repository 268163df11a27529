package svc.service;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as declarations have them: {@code 4096}, {@code 64K}, {@code 10M}, {@code 2G}. */
public final class Sizes {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([KMG]?)");

  private Sizes() {}

  /**
   * The number of bytes that a text stands for.
   *
   * @param text a whole number, with K, M or G for powers of 1024
   * @return bytes, or -1 when it is something else
   */
  public static long bytes(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) return -1;
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "K" -> number << 10;
      case "M" -> number << 20;
      case "G" -> number << 30;
      default -> number;
    };
  }
}
