package svc.os;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Where something listens, as text: {@code unix:/PATH}, {@code unix:@NAME} for an abstract one
 * (unix(7)), {@code tcp:HOST:PORT} or {@code udp:HOST:PORT}. The host is a number, {@code
 * 127.0.0.1} or {@code [::1]}, never a name: nobody is asked while services start. {@code *} and
 * {@code [::]} are every address of both families.
 *
 * @param transport what goes through it
 * @param path of a Unix socket, {@code @NAME} for an abstract one, otherwise empty
 * @param host 4 or 16 bytes in network order; empty for a Unix socket
 * @param port from 1 to 65535; 0 for a Unix socket
 */
public record Address(Transport transport, String path, byte[] host, int port) {

  /** What goes through it. */
  public enum Transport {
    /** A stream between processes of one machine. */
    UNIX,
    /** A stream. */
    TCP,
    /** Datagrams. */
    UDP;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** sun_path of struct sockaddr_un has 108 bytes, and the last is NUL. */
  private static final int PATH_LIMIT = 107;

  private static final int PORT_MAX = 65_535;
  private static final int GROUPS = 8;

  /**
   * Copies the host's bytes.
   *
   * @param transport what goes through it
   * @param path of a Unix socket, or empty
   * @param host which is copied
   * @param port or 0
   */
  public Address {
    host = host.clone();
  }

  /**
   * The number of the host.
   *
   * @return a copy
   */
  @Override
  public byte[] host() {
    return host.clone();
  }

  /**
   * The address, or nothing when the text has another form.
   *
   * @param text any text
   * @return the address
   */
  public static Optional<Address> parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) return Optional.empty();
    String rest = text.substring(colon + 1);
    return switch (text.substring(0, colon)) {
      case "unix" -> unix(rest);
      case "tcp" -> inet(Transport.TCP, rest);
      case "udp" -> inet(Transport.UDP, rest);
      default -> Optional.empty();
    };
  }

  private static Optional<Address> unix(String path) {
    boolean named = path.startsWith("/") && !path.endsWith("/");
    boolean abstracted = path.startsWith("@") && path.length() > 1;
    boolean fits = ExactText.bytes(path).length <= PATH_LIMIT && path.indexOf('\0') < 0;
    if (!fits || !named && !abstracted) return Optional.empty();
    return Optional.of(new Address(Transport.UNIX, path, new byte[0], 0));
  }

  private static Optional<Address> inet(Transport transport, String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) return Optional.empty();
    byte[] host = host(text.substring(0, colon));
    int port = number(text.substring(colon + 1), PORT_MAX);
    if (host == null || port < 1) return Optional.empty();
    return Optional.of(new Address(transport, "", host, port));
  }

  private static byte[] host(String text) {
    if (text.equals("*")) return new byte[2 * GROUPS];
    if (!text.startsWith("[")) return four(text);
    return text.endsWith("]") ? six(text.substring(1, text.length() - 1)) : null;
  }

  private static byte[] four(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) return null;
    byte[] bytes = new byte[4];
    for (int i = 0; i < 4; i++) {
      int number = number(parts[i], 255);
      if (number < 0) return null;
      bytes[i] = (byte) number;
    }
    return bytes;
  }

  /** RFC 4291, 2.2: eight groups, of which {@code ::} leaves out one run of zeros. */
  private static byte[] six(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) return groups(text, GROUPS);
    if (text.indexOf("::", gap + 1) >= 0) return null;
    byte[] before = groups(text.substring(0, gap), -1);
    byte[] after = groups(text.substring(gap + 2), -1);
    if (before == null || after == null || before.length + after.length >= 2 * GROUPS) return null;
    byte[] bytes = Arrays.copyOf(before, 2 * GROUPS);
    System.arraycopy(after, 0, bytes, bytes.length - after.length, after.length);
    return bytes;
  }

  /**
   * @param count how many there have to be, or -1 for any number
   */
  private static byte[] groups(String text, int count) {
    String[] parts = text.isEmpty() ? new String[0] : text.split(":", -1);
    if (count >= 0 ? parts.length != count : parts.length >= GROUPS) return null;
    byte[] bytes = new byte[2 * parts.length];
    for (int i = 0; i < parts.length; i++) {
      if (!parts[i].matches("[0-9a-fA-F]{1,4}")) return null;
      int group = Integer.parseInt(parts[i], 16);
      bytes[2 * i] = (byte) (group >> 8);
      bytes[2 * i + 1] = (byte) group;
    }
    return bytes;
  }

  /** A decimal number without a leading zero, which some would read as octal; or -1. */
  private static int number(String text, int most) {
    if (!text.matches("0|[1-9][0-9]{0,4}")) return -1;
    int number = Integer.parseInt(text);
    return number > most ? -1 : number;
  }

  /** {@return whether its path is a file's} */
  public boolean isFile() {
    return path.startsWith("/");
  }

  /** A record compares arrays by identity. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Address that
        && transport == that.transport
        && path.equals(that.path)
        && Arrays.equals(host, that.host)
        && port == that.port;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * path.hashCode() + Arrays.hashCode(host)) + port;
  }
}
