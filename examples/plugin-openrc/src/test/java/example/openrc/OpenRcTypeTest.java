package example.openrc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.Keys;
import svc.type.Procedure;
import svc.type.Procedure.Main;
import svc.type.ServiceType;

/** The type, and its commands run on an init script as svc would run them. */
class OpenRcTypeTest {

  private static final long PATIENCE_SECONDS = 20;

  @TempDir Path directory;

  private final ServiceType type = new OpenRcType();

  private static Declaration declared(Entry... entries) {
    return new Declaration("sleeper", "/etc/svc/sleeper.ini", List.of(entries));
  }

  @Test
  void svcFindsIt() {
    assertTrue(
        ServiceLoader.load(ServiceType.class).stream()
            .anyMatch(each -> each.get().name().equals("openrc")));
  }

  @Test
  void theScriptHasTheServicesName() {
    Procedure procedure = type.procedure(declared());
    assertEquals(List.of("/etc/init.d/sleeper", "--nodeps", "zap", "start"), procedure.start());
    assertEquals(List.of("/etc/init.d/sleeper", "--nodeps", "stop"), procedure.stop());
    assertEquals(Main.NONE, procedure.main());
  }

  @Test
  void orAnotherOneAndADaemonToFollow() {
    Declaration declaration =
        declared(
            new Entry("openrc", "script", "/opt/x", 3),
            new Entry("openrc", "pid-file", "/run/x.pid", 4));
    assertEquals(List.of(), Keys.check(declaration, type.keys()));
    assertEquals(List.of(), type.check(declaration));
    Procedure procedure = type.procedure(declaration);
    assertEquals("/opt/x", procedure.start().get(0));
    assertEquals(Main.PID_FILE, procedure.main());
    assertEquals("/run/x.pid", procedure.pidFile());
  }

  /** The script, for our own interpreter where there is no OpenRC. */
  private Path script() throws Exception {
    Path interpreter = Path.of("src", "test", "openrc", "openrc-run").toAbsolutePath();
    String text = Files.readString(Path.of("src", "test", "openrc", "sleeper"));
    Path script = directory.resolve("sleeper");
    Files.writeString(script, text.replace("#!/sbin/openrc-run", "#!" + interpreter));
    assertTrue(script.toFile().setExecutable(true));
    Files.createDirectory(directory.resolve("state"));
    return script;
  }

  private int run(List<String> words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("OPENRC_STATE", directory.resolve("state").toString());
    builder.environment().put("SLEEPER_RUN", directory.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(new File("/dev/null"));
    Process process = builder.start();
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> words + " does not end");
    return process.exitValue();
  }

  private ProcessHandle daemon() throws Exception {
    String pid = Files.readString(directory.resolve("sleeper.pid")).strip();
    return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  private static void awaitEnd(ProcessHandle process) throws Exception {
    process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  private static List<String> status(Path script) {
    return List.of(script.toString(), "status");
  }

  @Test
  void startedStoppedAndStartedAgainWhenItsDaemonDied() throws Exception {
    Path script = script();
    Procedure procedure =
        type.procedure(declared(new Entry("openrc", "script", script.toString(), 3)));
    assertEquals(3, run(status(script)));

    assertEquals(0, run(procedure.start()));
    assertEquals(0, run(status(script)));
    ProcessHandle first = daemon();
    first.destroyForcibly();
    awaitEnd(first);

    assertEquals(0, run(procedure.start()), "OpenRC believes that it still runs");
    ProcessHandle second = daemon();
    assertNotEquals(first.pid(), second.pid());
    assertTrue(second.isAlive());

    assertEquals(0, run(procedure.stop()));
    awaitEnd(second);
    assertFalse(Files.exists(directory.resolve("sleeper.pid")));
  }
}
