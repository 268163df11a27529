package svc.os;

/**
 * What the kernel answered (errno(3)).
 *
 * @param number 0 when it went well
 * @param name as {@code ENOENT}
 * @param text as strerror(3) has it
 */
public record Errno(int number, String name, String text) {

  /** Success. */
  public static final Errno OK = new Errno(0, "OK", "Success");

  /** Operation not permitted. */
  public static final Errno EPERM = new Errno(1, "EPERM", "Operation not permitted");

  /** No such file or directory. */
  public static final Errno ENOENT = new Errno(2, "ENOENT", "No such file or directory");

  /** No such process. */
  public static final Errno ESRCH = new Errno(3, "ESRCH", "No such process");

  /** Resource temporarily unavailable. */
  public static final Errno EAGAIN = new Errno(11, "EAGAIN", "Resource temporarily unavailable");

  /** Cannot allocate memory. */
  public static final Errno ENOMEM = new Errno(12, "ENOMEM", "Cannot allocate memory");

  /** Permission denied. */
  public static final Errno EACCES = new Errno(13, "EACCES", "Permission denied");

  /** Not a directory. */
  public static final Errno ENOTDIR = new Errno(20, "ENOTDIR", "Not a directory");

  /** Invalid argument. */
  public static final Errno EINVAL = new Errno(22, "EINVAL", "Invalid argument");

  /** File too large. */
  public static final Errno EFBIG = new Errno(27, "EFBIG", "File too large");

  /** {@return whether it went well} */
  public boolean ok() {
    return number == 0;
  }

  @Override
  public String toString() {
    return text + " (" + name + ")";
  }
}
