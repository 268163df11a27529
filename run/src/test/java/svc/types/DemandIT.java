package svc.types;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.installed.Installed;

/** Services that run nothing until somebody comes, or until their time has come. */
class DemandIT {

  /** Serves one client: says who it is, and ends when the client goes. */
  private static final String SERVER =
      """
      open R, '>>runs';
      syswrite R, "$$ $ENV{LISTEN_PID} $ENV{LISTEN_FDS} $ENV{LISTEN_FDNAMES}\\n";
      open L, '+<&=3';
      accept C, L;
      syswrite C, "$$\\n";
      sysread C, $all, 1;
      """;

  @TempDir Path directory;

  private Installed installed;
  private Path declarations;
  private Path socket;
  private Path runs;
  private Process manager;

  @BeforeEach
  void prepare() throws IOException {
    installed = new Installed(directory);
    declarations = Files.createDirectory(directory.resolve("services"));
    socket = directory.resolve("web.sock");
    runs = declarations.resolve("runs");
  }

  @AfterEach
  void end() throws Exception {
    if (manager != null && manager.isAlive()) installed.run("svc", "shutdown");
    installed.close();
  }

  private void socketService(String exec) throws IOException {
    Files.writeString(declarations.resolve("server.pl"), SERVER);
    String text = "[service]\ntype = socket\nexec = %s\n[socket]\nlisten = unix:%s\n";
    Files.writeString(declarations.resolve("web.ini"), text.formatted(exec, socket));
  }

  private void start(String service) throws Exception {
    manager = installed.start("manager", "svc-manager", declarations.toString());
    Installed.await("up", () -> service(service).path("state").asText().equals("up"));
  }

  /** Missing while the manager cannot be asked. */
  private JsonNode service(String name) {
    return installed.service(name);
  }

  private record Client(SocketChannel channel, BufferedReader reader) implements AutoCloseable {
    /** Who serves it. */
    long server() throws IOException {
      return Long.parseLong(reader.readLine());
    }

    void leave() throws IOException {
      channel.close();
    }

    @Override
    public void close() throws IOException {
      leave();
    }
  }

  private Client connect() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    return new Client(channel, new BufferedReader(Channels.newReader(channel, "US-ASCII")));
  }

  private List<String> runs() throws IOException {
    return Files.exists(runs) ? Files.readAllLines(runs) : List.of();
  }

  private void isOf(long program) {
    Installed.await("its pid", () -> service("web").path("pid").asLong() == program);
  }

  @Test
  void theFirstConnectionStartsItAndTheNextOneAfterItsEndAgain() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
    socketService("perl server.pl");
    start("web");
    assertEquals(0, service("web").path("pid").asInt());
    assertEquals(List.of(), runs());

    long first;
    try (Client one = connect();
        Client waiting = connect()) {
      first = one.server();
      isOf(first);
      assertEquals(List.of(first + " " + first + " 1 web"), runs(), "who waits starts no other");
      one.leave();
      long second = waiting.server();
      assertEquals(2, runs().size());
      assertEquals(second + " " + second + " 1 web", runs().get(1));
    }
    Installed.await("it waits again", () -> service("web").path("pid").asInt() == 0);
    JsonNode status = service("web");
    assertEquals("up", status.path("state").asText());
    assertEquals(0, status.path("exit_code").asInt(-1), status::toString);

    assertEquals(0, installed.run("svc", "stop", "web").status());
    assertFalse(Files.exists(socket));
    assertThrows(IOException.class, this::connect);
  }

  @Test
  void whoConnectsWhileTheSupervisorIsDeadIsServed() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "perl");
    socketService("perl server.pl");
    start("web");
    ProcessHandle supervisor = manager.toHandle().children().findFirst().orElseThrow();
    try (Client one = connect()) {
      long first = one.server();
      supervisor.destroyForcibly();
      supervisor.onExit().join();
      try (Client meanwhile = connect()) {
        Installed.await("it is taken over", () -> another(supervisor, first));
        isOf(first);
        one.leave();
        assertTrue(meanwhile.server() != first);
        assertEquals(2, runs().size());
      }
    }
  }

  /** Whether a process of the manager but these two has the program's socket. */
  private boolean another(ProcessHandle supervisor, long program) {
    Path socket = target(Path.of("/proc/" + program + "/fd/3"));
    return manager
        .children()
        .filter(each -> each.pid() != program && each.pid() != supervisor.pid())
        .anyMatch(each -> descriptors(each.pid()).contains(socket));
  }

  private static List<Path> descriptors(long pid) {
    try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      return all.map(DemandIT::target).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // it has ended
    }
  }

  private static Path target(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      return link; // it was closed
    }
  }

  @Test
  void aProgramThatServesNobodyFailsTheService() throws Exception {
    socketService("sh -c 'exit 3'");
    start("web");
    try (Client client = connect()) {
      Installed.await("failed", () -> service("web").path("state").asText().equals("failed"));
      String reason = service("web").path("reason").asText();
      assertEquals("restarted 5 times within 10s; last: exit status 3", reason);
      assertFalse(Files.exists(socket));
      assertThrows(IOException.class, client::server, "who waited is told");
    }
  }

  @Test
  void aTimerRunsAgainAndAgainUntilItIsStopped() throws Exception {
    Files.writeString(
        declarations.resolve("tick.ini"),
        "[service]\ntype = timer\nexec = sh -c 'echo $$ >> runs'\n[timer]\nevery = 200ms\n");
    start("tick");
    Installed.await("five runs", () -> service("tick").path("restarts").asInt() >= 5);
    assertEquals(0, installed.run("svc", "stop", "tick").status());
    List<String> all = runs();
    assertEquals(all.size(), all.stream().distinct().count());
    assertTrue(all.size() >= 5);
    assertEquals("down", service("tick").path("state").asText());
    assertEquals(all, runs());
  }
}
