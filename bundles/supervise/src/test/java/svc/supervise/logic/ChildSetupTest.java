package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import svc.os.Attributes;
import svc.os.Limit;
import svc.os.Resource;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.service.Declaration;
import svc.service.DeclarationReader;
import svc.service.Keys;
import svc.service.Mark;
import svc.service.Source;
import svc.type.Task;

class ChildSetupTest {

  private static final ChildSetup SETUP =
      new ChildSetup(
          Mark.of(Map.of(), "/run/svc"),
          "main",
          List.of("PATH=/bin", "LANG=C"),
          "/run/svc",
          "/var/log/svc");

  private static Declaration declaration(String lines) {
    DeclarationReader.Reading reading =
        DeclarationReader.read(new Source("web", "/etc/svc/web.ini", "[service]\n" + lines));
    assertEquals(List.of(), reading.problems());
    assertEquals(List.of(), Keys.check(reading.declaration(), List.of()));
    return reading.declaration();
  }

  private static Spawn request(String lines, String... more) {
    return request(Task.START, lines, more);
  }

  private static Spawn request(Task task, String lines, String... more) {
    Action.Spawn action = new Action.Spawn(task, 1, List.of("web"), "");
    return SETUP.request(declaration(lines), action, null, List.of(more));
  }

  @Test
  void mostAreGivenNothingMore() {
    assertEquals(Attributes.NONE, request("").attributes());
  }

  @Test
  void whatIsDeclaredIsAskedFor() {
    Attributes attributes =
        request(
                "groups = mail, 7\nnice = -5\noom-score-adj = 300\ncpu-affinity = 0-1,3\n[limit]\n"
                    + "nofile = 1024:4K\ncore = unlimited")
            .attributes();
    assertEquals(List.of("mail", "7"), attributes.groups());
    assertEquals(-5, attributes.nice());
    assertEquals(300, attributes.oomScoreAdjust());
    assertEquals("0,1,3", attributes.processors().toString());
    assertEquals(
        List.of(
            new Limit(Resource.CORE, Limit.UNLIMITED, Limit.UNLIMITED),
            new Limit(Resource.NOFILE, 1024, 4096)),
        attributes.limits());
  }

  @Test
  void inARootOfItsOwnPathsAreSeenFromThere() {
    String lines = "chroot = jail\nstdout = file:out\nenvironment-file = -vars\n";
    Spawn request = request(lines);
    assertEquals("/etc/svc/jail", request.attributes().root());
    assertEquals("/", request.directory());
    assertEquals(new Stream.File("/etc/svc/out"), request.out());
    Declaration inner = declaration(lines + "directory = srv");
    assertEquals("/srv", ChildSetup.directory(inner));
    assertEquals("/etc/svc/jail/srv/web.pid", ChildSetup.resolve(inner, "web.pid"));
    assertEquals("/etc/svc/jail/run/web.pid", ChildSetup.resolve(inner, "/run/web.pid"));
    assertEquals(
        List.of(new ChildSetup.VariableFile("/etc/svc/vars", true)),
        ChildSetup.environmentFiles(inner));
  }

  @Test
  void streamsThatAreNotGivenAreTheTerminal() {
    Spawn request = request("terminal = /dev/tty1\nstderr = log");
    assertEquals("/dev/tty1", request.attributes().terminal());
    assertSame(Stream.TERMINAL, request.in());
    assertSame(Stream.TERMINAL, request.out());
    assertEquals(new Stream.Fifo("/run/svc/output/web"), request.err());
    Spawn stop = request(Task.STOP, "terminal = /dev/tty1");
    assertEquals(Attributes.NONE, stop.attributes());
    assertSame(Stream.NULL, stop.in());
  }

  @Test
  void whatAnotherServiceReadsIsThatOnesInput() {
    Spawn request = request("stdin = services\nstdout = service:shop\nstderr = service:shop");
    assertEquals(new Stream.Fifo("/run/svc/input/web"), request.in());
    assertEquals(new Stream.Fifo("/run/svc/input/shop", false), request.out());
    assertEquals(request.out(), request.err());
  }

  @Test
  void itsCommandsDoNotReadWhatIsForTheServiceItself() {
    for (Task task : List.of(Task.STOP, Task.CHECK, Task.RELOAD))
      assertSame(Stream.NULL, request(task, "stdin = services").in());
    assertEquals(new Stream.File("/in"), request(Task.STOP, "stdin = file:/in").in());
  }

  @Test
  void whatIsSaidLaterCountsAndFilesCountBeforeLines() {
    Spawn request = request("environment = A=line\n", "A=file", "B=file", "LANG=de");
    assertTrue(
        request.environment().containsAll(List.of("A=line", "B=file", "LANG=de", "PATH=/bin")));
  }

  @Test
  void aClearedEnvironmentHasTheUsualPathAndWhatIsSaid() {
    Spawn request = request("clear-environment = yes\nenvironment = A=1");
    assertFalse(request.environment().contains("LANG=C"));
    assertTrue(request.environment().contains("A=1"));
    assertTrue(
        request.environment().stream().anyMatch(each -> each.startsWith("PATH=/usr/local/sbin:")));
    assertTrue(request.environment().stream().anyMatch(each -> each.startsWith("SVC_SERVICE=")));
  }
}
