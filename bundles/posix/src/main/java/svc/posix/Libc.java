package svc.posix;

import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.util.Arrays;
import java.util.List;
import svc.os.Errno;

/**
 * Functions of the C library, called without a wrapper between: jffi alone is ready in a fifth of
 * the time that jnr-ffi's generated interfaces take, and a call allocates nothing.
 *
 * <p>Every argument is passed as a 64-bit word, which is how both the System V ABI for amd64 and
 * AAPCS64 pass integers and pointers; a result of type int is cut to 32 bits.
 */
final class Libc {

  static final int EINTR = 4;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int EBADF = 9;
  static final int ECHILD = 10;

  /** fcntl.h */
  static final int O_RDONLY = 0;

  static final int O_WRONLY = 1;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_TRUNC = 0x200;
  static final int O_NOCTTY = 0x100;
  static final int O_APPEND = 0x400;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;

  /** Two of fcntl.h that amd64 and aarch64 number differently. */
  static final int O_DIRECTORY = "aarch64".equals(System.getProperty("os.arch")) ? 0x4000 : 0x10000;

  static final int O_NOFOLLOW = "aarch64".equals(System.getProperty("os.arch")) ? 0x8000 : 0x20000;

  static final int AT_FDCWD = -100;
  static final int AT_EACCESS = 0x200;

  private static final Invoker INVOKER = Invoker.getInstance();
  private static final LastError ERRNO = LastError.getInstance();

  private static final List<Errno> KNOWN =
      List.of(
          Errno.OK,
          Errno.EPERM,
          Errno.ENOENT,
          Errno.ESRCH,
          Errno.EAGAIN,
          Errno.ENOMEM,
          Errno.EACCES,
          Errno.ENOTDIR,
          Errno.EINVAL,
          Errno.EFBIG);

  private static final Function CLOSE = function("close", 1);

  private Libc() {}

  static void close(int descriptor) {
    call(CLOSE, descriptor);
  }

  /** A function by its name, with this many arguments. */
  static Function function(String name, int arguments) {
    long address = Library.getDefault().getSymbolAddress(name);
    if (address == 0) {
      throw new UnsatisfiedLinkError("the C library has no " + name + "; glibc 2.34 or later has");
    }
    Type[] types = new Type[arguments];
    Arrays.fill(types, Type.SINT64);
    return new Function(address, Type.SINT64, types);
  }

  static int call(Function function) {
    return (int) INVOKER.invokeNrN(function, 0);
  }

  static int call(Function function, long a) {
    return (int) INVOKER.invokeNrN(function, a);
  }

  static int call(Function function, long a, long b) {
    return (int) INVOKER.invokeNNrN(function, a, b);
  }

  static int call(Function function, long a, long b, long c) {
    return (int) INVOKER.invokeNNNrN(function, a, b, c);
  }

  static int call(Function function, long a, long b, long c, long d) {
    return (int) INVOKER.invokeNNNNrN(function, a, b, c, d);
  }

  static int call(Function function, long a, long b, long c, long d, long e) {
    return (int) INVOKER.invokeNNNNNrN(function, a, b, c, d, e);
  }

  static int call(Function function, long a, long b, long c, long d, long e, long f) {
    return (int) INVOKER.invokeNNNNNNrN(function, a, b, c, d, e, f);
  }

  /** errno of this thread's last call. */
  static int errno() {
    return ERRNO.get();
  }

  /** What the last call's result, negative for a failure, means. */
  static Errno result(int result) {
    return result < 0 ? of(errno()) : Errno.OK;
  }

  static Errno of(int number) {
    for (Errno known : KNOWN) if (known.number() == number) return known;
    for (jnr.constants.platform.linux.Errno errno : jnr.constants.platform.linux.Errno.values()) {
      if (errno.intValue() == number) {
        return new Errno(number, errno.name(), errno.toString());
      }
    }
    return new Errno(number, "errno " + number, "Unknown error " + number);
  }
}
