package svc.service;

import java.nio.charset.StandardCharsets;

/**
 * Which service a process belongs to, whoever its parent is by now: every service is started with a
 * variable that names it, and what it starts inherits that.
 */
public final class Mark {

  public static final String VARIABLE = "SVC_SERVICE";

  private static final byte[] MARK = ("\0" + VARIABLE + "=").getBytes(StandardCharsets.US_ASCII);

  private Mark() {}

  /**
   * The service that an environment was made for.
   *
   * @param environ as /proc/PID/environ has it: entries that each end in a NUL
   * @return its name, or empty when there is no mark
   */
  public static String service(byte[] environ) {
    int start = find(environ);
    if (start < 0) return "";
    int end = start;
    while (end < environ.length && environ[end] != 0) end++;
    return new String(environ, start, end - start, StandardCharsets.UTF_8);
  }

  /** Where the mark's value begins, or -1. The first entry has no NUL in front. */
  private static int find(byte[] environ) {
    if (matches(environ, 0, 1)) return MARK.length - 1;
    for (int at = 0; at < environ.length; at++)
      if (matches(environ, at, 0)) return at + MARK.length;
    return -1;
  }

  private static boolean matches(byte[] environ, int at, int from) {
    if (at + MARK.length - from > environ.length) return false;
    for (int i = from; i < MARK.length; i++) if (environ[at + i - from] != MARK[i]) return false;
    return true;
  }
}
