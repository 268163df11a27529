package svc.bench;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import svc.nv.NvList;

/**
 * How long a daemon gives no answer while a command is carried out: {@code Pause KIND SOCKET N
 * WORD...} runs the command N times and, all the while, asks one question after the other, each on
 * a connection of its own. A pause is the longest time between two answers.
 */
public final class Pause {

  /** Who is asked, and how. */
  enum Kind {
    SVC(status()),
    SUPERVISORD(
        text(
            "POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: 91\r\n\r\n"
                + "<?xml version='1.0'?><methodCall><methodName>supervisor.getState"
                + "</methodName></methodCall> ")),
    /**
     * The first step of D-Bus on the socket that systemctl takes (sd-bus, SASL EXTERNAL as root).
     */
    SYSTEMD(text("\0AUTH EXTERNAL 30\r\n"));

    private final byte[] question;

    Kind(byte[] question) {
      this.question = question;
    }
  }

  /** After the command's end: some commands return before anything has happened. */
  private static final long WINDOW_NANOS = 1_500_000_000L;

  private static final long BETWEEN_NANOS = 200_000L;
  private static final long PATIENCE_NANOS = 120_000_000_000L;

  private final Kind kind;
  private final UnixDomainSocketAddress socket;
  private final List<String> command;
  private int refused;

  private Pause(Kind kind, Path socket, List<String> command) {
    this.kind = kind;
    this.socket = UnixDomainSocketAddress.of(socket);
    this.command = command;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] status() {
    return NvList.builder()
        .number("ipc:version", 1)
        .number("ipc:id", 1)
        .string("ipc:method", "status")
        .bool("ipc:reply", false)
        .build()
        .pack();
  }

  public static void main(String[] words) throws Exception {
    List<String> command = List.of(words).subList(3, words.length);
    Pause pause = new Pause(Kind.valueOf(words[0]), Path.of(words[1]), command);
    long[] pauses = new long[Integer.parseInt(words[2])];
    pause.settle();
    pause.refused = 0;
    for (int i = 0; i < pauses.length; i++) pauses[i] = pause.once();
    Arrays.sort(pauses);
    System.out.printf(
        "p50 %.1f ms, p99 %.1f ms, n = %d; %d questions refused or cut off%n",
        pauses[(pauses.length - 1) / 2] / 1e6,
        pauses[(pauses.length * 99 - 1) / 100] / 1e6,
        pauses.length,
        pause.refused);
  }

  /** Asks for as long as a command takes without one. */
  private void settle() throws IOException {
    watch(null);
  }

  private long once() throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long longest = watch(process);
    if (process.exitValue() != 0)
      System.out.println(String.join(" ", command) + ": exit status " + process.exitValue());
    return longest;
  }

  private long watch(Process process) {
    long longest = 0;
    long last = System.nanoTime();
    long end = last + (process == null ? WINDOW_NANOS : PATIENCE_NANOS);
    boolean ended = process == null;
    while (last < end) {
      if (!ended && !process.isAlive()) {
        ended = true;
        end = System.nanoTime() + WINDOW_NANOS;
      }
      if (ask()) {
        long now = System.nanoTime();
        longest = Math.max(longest, now - last);
        last = now;
      } else if (System.nanoTime() - last > PATIENCE_NANOS) {
        throw new IllegalStateException("no answer from " + socket);
      }
      LockSupport.parkNanos(BETWEEN_NANOS);
    }
    return longest;
  }

  private boolean ask() {
    try (SocketChannel channel = SocketChannel.open(socket)) {
      channel.write(ByteBuffer.wrap(kind.question));
      if (channel.read(ByteBuffer.allocate(1)) == 1) return true;
    } catch (IOException nobody) {
      // counted below, as one that was cut off
    }
    refused++;
    return false;
  }
}
