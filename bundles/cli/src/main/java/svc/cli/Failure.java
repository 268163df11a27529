package svc.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import svc.ipc.ErrorCode;

/** A command ends without having done its work; the message is one line, or empty. */
final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int NOT_POSSIBLE = 3;
  static final int UNREACHABLE = 4;

  private final int status;

  private Failure(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** The exit status. */
  int status() {
    return status;
  }

  static Failure failed(String message) {
    return new Failure(FAILED, message);
  }

  static Failure usage(String message) {
    return new Failure(USAGE, message);
  }

  /** There is no such thing, or not in that state. */
  static Failure notPossible(String message) {
    return new Failure(NOT_POSSIBLE, message);
  }

  static Failure unreachable(String message) {
    return new Failure(UNREACHABLE, message);
  }

  /** Something has said already what there is to say, or nobody listens any more. */
  static Failure silent() {
    return new Failure(FAILED, "");
  }

  /** What the manager refused. */
  static Failure refused(ErrorCode code, String text) {
    String message = text.isEmpty() ? "the manager refuses: " + code : Text.line(text);
    return switch (code) {
      case NO_SERVICE, WRONG_STATE -> new Failure(NOT_POSSIBLE, message);
      case OK, INVALID, IS_REPLY, NO_METHOD, DENIED, FAILED -> new Failure(FAILED, message);
    };
  }

  /** A file that could not be read or written. */
  static Failure file(Object file, IOException e) {
    String named = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "";
    return failed((named.isEmpty() ? file : named) + ": " + reason(e));
  }

  /** As the system's own programs say it; Java's message is often the path alone. */
  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) return "no such file or directory";
    if (e instanceof AccessDeniedException) return "permission denied";
    if (e instanceof NotDirectoryException) return "not a directory";
    String text = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return text == null ? e.getClass().getSimpleName() : Text.line(text);
  }
}
