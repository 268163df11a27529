package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a command printed and how it ended. */
record Ran(int status, byte[] bytes, String err) {

  /** How a test runs commands: with these surroundings. */
  static final class Runner {
    final Map<String, String> environment = new HashMap<>();
    Path home = Path.of("/opt/svc");
    Runtimes runtimes =
        (where, composition, properties) -> {
          throw new AssertionError("started " + composition);
        };
    int uid = 1000;
    byte[] in = {};
    OutputStream out;

    Ran svc(String... args) {
      return run("svc", args);
    }

    Ran run(String program, String... args) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ByteArrayOutputStream err = new ByteArrayOutputStream();
      InputStream input = new ByteArrayInputStream(in);
      Session session =
          new Session(
              environment,
              input,
              stream(out == null ? bytes : out),
              stream(err),
              home,
              runtimes,
              uid,
              false);
      int status = Main.run(program, args, session);
      return new Ran(status, bytes.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(OutputStream target) {
      return new PrintStream(target, false, StandardCharsets.UTF_8);
    }
  }

  /** Standard output on which nobody listens. */
  static final class Broken extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("Broken pipe");
    }
  }

  String out() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  List<String> lines() {
    return out().lines().toList();
  }

  JsonNode json() {
    return json(out());
  }

  static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  /** It ended well and said nothing on standard error. */
  Ran good() {
    assertEquals("", err);
    assertEquals(0, status, this::out);
    return this;
  }

  /** It ended with this status, explained by one line which has this in it. */
  Ran bad(int expected, String said) {
    assertEquals(expected, status, () -> err + out());
    assertTrue(err.endsWith("\n") && err.indexOf('\n') == err.length() - 1, () -> "[" + err + "]");
    assertTrue(err.contains(said), err);
    return this;
  }
}
