package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OfflineTest {

  private static final String WEB = "../../examples/web";
  private static final String HELLO = "../../examples/hello";

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();

  private void declare(String service, String text) throws IOException {
    Files.writeString(directory.resolve(service + ".ini"), text);
  }

  @Test
  void theExamplesAreGood() {
    assertEquals("ok: 6 services\n", runner.svc("check", WEB).good().out());
    assertEquals("ok: 3 services\n", runner.svc("check", HELLO).good().out());
    JsonNode json = runner.svc("check", HELLO, "--json").good().json();
    assertTrue(json.path("ok").asBoolean());
    assertEquals(3, json.path("count").asInt());
    assertEquals(0, json.path("problems").size());
  }

  @Test
  void aPlanSaysWhatStartsWhenAndWhy() {
    List<String> lines = runner.svc("plan", HELLO).good().lines();
    assertEquals(
        List.of(
            "STEP  SERVICE    TYPE     WHY",
            "1     workplace  oneshot  required by clock",
            "2     clock      daemon   required by greeter; after workplace",
            "3     greeter    daemon   required by default; after clock",
            "4     default    target   the target; after clock, greeter, workplace"),
        lines);
  }

  @Test
  void aPlanForATargetHasWhatThatNeeds() {
    List<String> lines = runner.svc("plan", WEB, "--target", "postgres").good().lines();
    assertEquals(4, lines.size());
    assertTrue(lines.get(3).startsWith("3     postgres  daemon"), lines.get(3));
    JsonNode steps =
        runner.svc("plan", WEB, "--target=postgres", "--json").good().json().path("steps");
    assertEquals(3, steps.size());
    assertEquals(2, steps.path(1).path("step").asInt());
    assertEquals("cluster", steps.path(1).path("service").asText());
    assertEquals("prepare", steps.path(1).path("after").path(0).asText());
    assertEquals("postgres", steps.path(1).path("required_by").path(0).asText());
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "plan", "up"})
  void everyProblemIsNamedWithItsPlace(String command) throws IOException {
    declare("a", "[service]\nexec = true\nusr = x\n\n[depend]\nrequires = bb\n");
    declare("b", "[service]\nexec = true\nstop-timeout = soon\nnonsense\n");
    Ran ran = runner.svc(command, directory.toString());
    assertEquals(1, ran.status());
    assertEquals("", ran.out());
    String a = directory.resolve("a.ini").toString();
    String b = directory.resolve("b.ini").toString();
    assertTrue(ran.err().contains(a + ":3: service.usr: unknown key; did you mean"), ran.err());
    assertTrue(ran.err().contains(a + ":6: depend.requires: no service bb"), ran.err());
    assertTrue(ran.err().contains(b + ":3: service.stop-timeout: expected"), ran.err());
    assertTrue(ran.err().contains(b + ":4: expected [section] or key = value"), ran.err());
  }

  @Test
  void problemsAreJsonToo() throws IOException {
    declare("a", "[service]\nexec = true\nusr = x\n");
    Ran ran = runner.svc("check", "--json", directory.toString());
    assertEquals(1, ran.status());
    JsonNode problem = ran.json().path("problems").path(0);
    assertEquals(directory.resolve("a.ini").toString(), problem.path("file").asText());
    assertEquals(3, problem.path("line").asInt());
    assertEquals("service.usr", problem.path("key").asText());
    assertEquals(0, runner.svc("plan", "--json", directory.toString()).json().path("steps").size());
  }

  @Test
  void aTypeThatIsNotInstalledIsANote() throws IOException {
    declare("a", "[service]\ntype = deamon\nexec = true\n");
    Ran ran = runner.svc("check", directory.toString());
    assertEquals(0, ran.status());
    assertTrue(
        ran.err().matches("note: .*a.ini:2: service.type: .* did you mean daemon\\?\n"), ran.err());
    assertEquals("ok: 1 service\n", ran.out());
  }

  @Test
  void whichFileAServiceIsFromIsTold() throws IOException {
    Path usr = Files.createDirectory(directory.resolve("usr"));
    Path etc = Files.createDirectory(directory.resolve("etc"));
    Files.writeString(usr.resolve("a.ini"), "[service]\nexec = true\n");
    Files.writeString(usr.resolve("b.ini"), "[service]\nexec = true\n");
    Files.writeString(etc.resolve("a.ini"), "[service]\nexec = false\n");
    Files.createSymbolicLink(etc.resolve("b.ini"), Path.of("/dev/null"));
    Path dropIns = Files.createDirectory(usr.resolve("a.ini.d"));
    Files.writeString(dropIns.resolve("1.ini"), "[service]\nuser = nobody\n");
    Ran ran = runner.svc("check", "-v", etc.toString(), usr.toString()).good();
    assertEquals(
        List.of(
            "ok: 1 service",
            "a  " + etc.resolve("a.ini"),
            "  and " + dropIns.resolve("1.ini"),
            "  not " + usr.resolve("a.ini"),
            "b  masked by " + etc.resolve("b.ini"),
            "  not " + usr.resolve("b.ini")),
        ran.lines());
    JsonNode json = runner.svc("check", "--json", etc.toString(), usr.toString()).good().json();
    assertEquals(2, json.path("services").size());
    assertTrue(json.path("services").path(1).path("masked").asBoolean());
    assertEquals(usr.toString(), json.path("directories").path(1).asText());
  }

  @Test
  void whatCannotBeUpTogetherCannotBeTheTarget() throws IOException {
    declare("a", "[service]\nexec = true\n\n[depend]\nconflicts = b\n");
    declare("b", "[service]\nexec = true\n");
    runner.svc("plan", directory.toString()).bad(1, "a and b conflict");
    runner.svc("plan", directory.toString(), "--target", "b").good();
  }

  @Test
  void aDirectoryThatIsNoneIsOneLine() throws IOException {
    runner.svc("check", "/no/where").bad(1, "svc check: /no/where: no such directory");
    runner.svc("check", "pom.xml").bad(1, "pom.xml: not a directory");
    runner.svc("check", directory.toString()).bad(1, "no declarations");
    declare("a", "[service]\nexec = true\n");
    runner.svc("plan", directory.toString(), "--target", "aa").bad(1, "did you mean a?");
    Files.createDirectory(directory.resolve("b.ini"));
    runner.svc("check", directory.toString()).bad(1, "b.ini: not a regular file");
  }

  @Test
  void anInifileIsAListOfSections() throws IOException {
    declare("x", "[s]\nk=v\nk=12\n# no\n[t]\ne=\nbig=99999999999999999999\n[s]\nl = -5\n");
    assertEquals(
        """
        s (NVLIST):
            k (STRING): [v]
            k (NUMBER): 12 (12) (0xc)
            l (STRING): [-5]
        t (NVLIST):
            e (NUMBER): 0 (0) (0x0)
            big (NUMBER): 9223372036854775807 (9223372036854775807) (0x7fffffffffffffff)
        """,
        runner.svc("dump-inifile", directory.resolve("x.ini").toString()).good().out());
  }

  @Test
  void anInifileThatIsNoneIsOneLine() throws IOException {
    declare("x", "[s]\nnothing\nmore\n");
    String file = directory.resolve("x.ini").toString();
    runner.svc("dump-inifile", file).bad(1, file + ":2: expected");
    runner.svc("dump-inifile", "/no/file").bad(1, "/no/file: no such file or directory");
    declare("y", "[s]\n" + "k".repeat(2048) + " = v\n");
    runner.svc("dump-inifile", directory.resolve("y.ini").toString()).bad(1, "no list can hold it");
  }
}
