package svc.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.ipc.ErrorCode;
import svc.nv.NvList;

/** On the packets that the C library made. */
class NvCommandTest {

  private static final Path VECTORS = Path.of("../nv/src/test/resources/nv");

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();

  private static List<JsonNode> vectors(String kind) throws IOException {
    Path file = VECTORS.resolve(kind).resolve("manifest.json");
    List<JsonNode> vectors = new ArrayList<>();
    new ObjectMapper().readTree(file.toFile()).path("vectors").forEach(vectors::add);
    assertTrue(vectors.size() > 20);
    return vectors;
  }

  private static byte[] hex(JsonNode vector, String key) {
    return vector.hasNonNull(key) ? HexFormat.of().parseHex(vector.path(key).asText()) : null;
  }

  private String file(String name, byte[] bytes) throws IOException {
    return Files.write(directory.resolve(name), bytes).toString();
  }

  @Test
  void dumpsAreThoseOfTheCLibrary() throws Exception {
    for (JsonNode vector : vectors("golden")) {
      byte[] packed = hex(vector, "packed");
      if (packed == null) continue;
      String flags = vector.path("unpack_flags").asText();
      Ran ran = runner.svc("nv", "dump", "--flags", flags, file("g", packed)).good();
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(ran.bytes());
      assertEquals(
          vector.path("fdump_sha256").asText(),
          HexFormat.of().formatHex(hash),
          vector.path("id").asText());
    }
  }

  @Test
  void repackingIsTheIdentityOnThem() throws Exception {
    for (JsonNode vector : vectors("golden")) {
      byte[] packed = hex(vector, "packed");
      if (packed == null) continue;
      String out = directory.resolve("out").toString();
      runner.svc("nv", "repack", file("g", packed), out).good();
      assertArrayEquals(packed, Files.readAllBytes(Path.of(out)), vector.path("id").asText());
      byte[] big = hex(vector, "be_packed");
      if (big == null) continue;
      Ran ran = runner.svc("nv", "repack", file("g", big), "-").good();
      assertArrayEquals(packed, ran.bytes(), vector.path("id").asText());
    }
  }

  @Test
  void aMalformedFileIsOneLineWithFileAndOffset() throws Exception {
    for (JsonNode vector : vectors("malformed")) {
      byte[] bytes = hex(vector, "hex");
      if (bytes == null || !vector.path("verdict").asText().equals("reject")) continue;
      String file = file("bad", bytes);
      String flags = vector.path("flags").asText();
      runner.svc("nv", "dump", "--flags", flags, file).bad(1, "svc nv dump: " + file + ": offset ");
      runner.svc("nv", "repack", "--flags", flags, file, "-").bad(1, file + ": offset ");
    }
  }

  @Test
  void severalListsInOneFileAreDumpedOneAfterTheOther() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(NvList.builder().number("a", 1).build().pack());
    bytes.write(NvList.builder(NvList.NO_UNIQUE).string("b", "x").build().pack());
    String file = file("two", bytes.toByteArray());
    String dump = "a (NUMBER): 1 (1) (0x1)\nb (STRING): [x]\n";
    assertEquals(dump, runner.svc("nv", "dump", file).good().out());
    assertEquals(dump + dump, runner.svc("nv", "dump", file, file).good().out());
    runner.in = bytes.toByteArray();
    assertEquals(dump, runner.svc("nv", "dump", "-").good().out());
    runner.svc("nv", "dump", "--flags", "0", file).bad(1, "offset 50: flags are 2, expected 0");
    bytes.write(0);
    runner.svc("nv", "dump", file("three", bytes.toByteArray())).bad(1, "three: offset ");
  }

  @Test
  void filesThatCannotBeReadAreOneLine() throws Exception {
    runner.svc("nv", "dump", "/no/file").bad(1, "/no/file: no such file or directory");
    runner.svc("nv", "dump", directory.toString()).bad(1, "a directory");
    runner.svc("nv", "dump", file("empty", new byte[0])).bad(1, "empty: offset 0: ");
    String good = file("good", NvList.EMPTY.pack());
    runner.svc("nv", "repack", good, "/no/file").bad(1, "/no/file: no such file or directory");
    runner.svc("nv", "dump", "--flags", "4", good).bad(2, "expected 0 to 3");
    runner.svc("nv", "dump", "--flags", "x", good).bad(2, "--flags");
  }

  @Test
  void aCallSendsWhatIsTypedAndPrintsTheReply() throws Exception {
    Path socket = directory.resolve("sock");
    try (FakeManager manager =
        new FakeManager(
            socket,
            (request, conversation) -> {
              conversation.send(request.answer().string("said", "yes").build());
              return true;
            })) {
      Ran ran =
          runner.svc(
              "nv",
              "call",
              socket.toString(),
              "probe",
              "t=true",
              "n=18446744073709551615",
              "s=a=b",
              "m=1",
              "m=2",
              "one[]=x",
              "empty=");
      assertEquals(
          """
          ipc:version (NUMBER): 1 (1) (0x1)
          ipc:id (NUMBER): 1 (1) (0x1)
          ipc:method (STRING): [probe]
          ipc:reply (BOOL): TRUE
          said (STRING): [yes]
          """,
          ran.good().out());
      NvList sent = manager.requests.get(0).list();
      assertTrue(sent.bool("t", false));
      assertEquals(-1, sent.number("n", 0));
      assertEquals("a=b", sent.string("s", null));
      assertEquals(List.of("1", "2"), sent.strings("m"));
      assertEquals(List.of("x"), sent.strings("one"));
      assertEquals("", sent.string("empty", null));
      runner.svc("nv", "call", socket.toString(), "probe", "x").bad(2, "expected KEY=VALUE");
      runner.svc("nv", "call", socket.toString(), "probe", "ipc:id=3").bad(2, "cannot be sent");
      runner.svc("nv", "call", socket.toString(), "p", "n=99999999999999999999").bad(2, "64 bits");
    }
  }

  @Test
  void aRefusedCallIsPrintedAndFails() throws Exception {
    Path socket = directory.resolve("sock");
    try (FakeManager manager =
        new FakeManager(socket, FakeManager.refusing(ErrorCode.NO_METHOD, "no method x"))) {
      Ran ran = runner.svc("nv", "call", socket.toString(), "x");
      ran.bad(1, "svc nv call: NO_METHOD: no method x");
      assertTrue(ran.out().contains("ipc:error_code (NUMBER): 3 (3) (0x3)"), ran.out());
      assertEquals(1, manager.requests.size());
    }
    runner.svc("nv", "call", "/no/sock", "x").bad(4, "cannot reach");
  }
}
