package svc.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import svc.patience.Patience;

/**
 * Bytes in, bytes out: a request as the format's description has it, byte for byte, to the manager
 * on its usual socket. Nothing of svc.nv or svc.ipc takes part on this side.
 */
@Timeout(120)
class HandMadeRequestIT {

  private static final Path USUAL = Path.of("/run/.svc-sock");

  private static final byte[] REQUEST =
      HexFormat.of()
          .parseHex(
              // the root: magic, version, flags, no descriptors, 140 bytes follow
              "6c"
                  + "00"
                  + "00"
                  + "0000000000000000"
                  + "8c00000000000000"
                  // ipc:version NUMBER 1
                  + "03"
                  + "0c00"
                  + "0800000000000000"
                  + "0000000000000000"
                  + "6970633a76657273696f6e00"
                  + "0100000000000000"
                  // ipc:id NUMBER 7
                  + "03"
                  + "0700"
                  + "0800000000000000"
                  + "0000000000000000"
                  + "6970633a696400"
                  + "0700000000000000"
                  // ipc:method STRING status
                  + "04"
                  + "0b00"
                  + "0700000000000000"
                  + "0000000000000000"
                  + "6970633a6d6574686f6400"
                  + "73746174757300"
                  // ipc:reply BOOL FALSE
                  + "02"
                  + "0a00"
                  + "0100000000000000"
                  + "0000000000000000"
                  + "6970633a7265706c7900"
                  + "00");

  /** How every good reply to it goes on after its root header. */
  private static final byte[] ENVELOPE = replyEnvelope();

  private static byte[] replyEnvelope() {
    byte[] envelope = Arrays.copyOfRange(REQUEST, 19, REQUEST.length);
    envelope[envelope.length - 1] = 1; // ipc:reply TRUE
    return envelope;
  }

  @TempDir Path directory;

  @Test
  void theManagerOnTheUsualSocketAnswers() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root, for " + USUAL);
    assumeFalse(answers(), "a manager of this machine has " + USUAL);
    Files.writeString(
        directory.resolve("sleeper.ini"), "[service]\ntype = daemon\nexec = sleep 1000\n");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of("target", "dist", "bin", "svc-manager").toAbsolutePath().toString(),
                "--run-dir=" + directory.resolve("run"),
                "--log-dir=" + directory.resolve("log"),
                directory.toString())
            .inheritIO();
    builder.environment().remove("SVC_SOCKET");
    Process manager = builder.start();
    try (SocketChannel channel = connect(manager)) {
      channel.write(ByteBuffer.wrap(REQUEST));
      byte[] reply = read(channel);
      assertEquals(
          HexFormat.of().formatHex(ENVELOPE),
          HexFormat.of().formatHex(reply, 19, 19 + ENVELOPE.length));
      assertTrue(new String(reply, StandardCharsets.ISO_8859_1).contains("service\0sleeper\0"));
      assertIsReplyRefused(channel);
    } finally {
      manager.destroy();
      assertTrue(manager.waitFor(60, TimeUnit.SECONDS));
    }
    assertEquals(0, manager.exitValue());
    assertFalse(Files.exists(USUAL));
  }

  private static boolean answers() {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(USUAL))) {
      return channel.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  /** What says of itself that it is a reply is no request: code 2. */
  private static void assertIsReplyRefused(SocketChannel channel) throws IOException {
    byte[] reply = REQUEST.clone();
    reply[reply.length - 1] = 1;
    channel.write(ByteBuffer.wrap(reply));
    String code =
        "03"
            + "0f00"
            + "0800000000000000"
            + "0000000000000000"
            + HexFormat.of().formatHex("ipc:error_code\0".getBytes(StandardCharsets.US_ASCII))
            + "0200000000000000";
    String answer = HexFormat.of().formatHex(read(channel));
    assertTrue(answer.contains(code), answer);
  }

  private static SocketChannel connect(Process manager) throws Exception {
    while (true) {
      assertTrue(manager.isAlive(), "svc-manager ended");
      try {
        return SocketChannel.open(UnixDomainSocketAddress.of(USUAL));
      } catch (IOException notYet) {
        Patience.lookAway();
      }
    }
  }

  private static byte[] read(SocketChannel channel) throws IOException {
    ByteBuffer header = fill(channel, 19);
    assertEquals(0x6c, header.get(0));
    int size = (int) Long.reverseBytes(header.getLong(11));
    ByteBuffer body = fill(channel, size);
    return ByteBuffer.allocate(19 + size).put(header.flip()).put(body.flip()).array();
  }

  private static ByteBuffer fill(SocketChannel channel, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size);
    while (bytes.hasRemaining()) assertTrue(channel.read(bytes) >= 0, "closed");
    return bytes;
  }
}
