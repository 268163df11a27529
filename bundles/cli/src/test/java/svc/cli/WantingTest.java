package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** svc enable and disable, in directories without a manager. */
class WantingTest {

  @TempDir Path directory;
  private final Ran.Runner runner = new Ran.Runner();
  private Path etc;
  private Path usr;

  @BeforeEach
  void declare() throws IOException {
    etc = Files.createDirectory(directory.resolve("etc"));
    usr = Files.createDirectory(directory.resolve("usr"));
    Files.writeString(
        usr.resolve("default.ini"), "[service]\ntype = target\n[depend]\nwants = base\n");
    for (String service : new String[] {"base", "web", "db@"})
      Files.writeString(usr.resolve(service + ".ini"), "[service]\nexec = true\n");
  }

  private Ran run(String... words) {
    String[] all = new String[words.length + 4];
    System.arraycopy(words, 0, all, 0, words.length);
    all[words.length] = "--dir";
    all[words.length + 1] = etc.toString();
    all[words.length + 2] = "--dir";
    all[words.length + 3] = usr.toString();
    return runner.svc(all);
  }

  @Test
  void whatIsEnabledIsADropInOfTheTarget() throws IOException {
    Path file = etc.resolve("default.ini.d/web.ini");
    assertEquals("web is enabled, by " + file + "\n", run("enable", "web").good().out());
    assertEquals("[depend]\nwants = web\n", Files.readString(file));
    assertEquals("web is enabled already, by " + file + ":2\n", run("enable", "web").good().out());
    assertEquals("web is disabled: " + file + " is gone\n", run("disable", "web").good().out());
    assertFalse(Files.exists(file));
    assertEquals("web is not enabled\n", run("disable", "web").good().out());
  }

  @Test
  void anInstanceIsEnabledAsAnyOther() {
    run("enable", "db@shop").good();
    assertTrue(Files.exists(etc.resolve("default.ini.d/db@shop.ini")));
    run("disable", "db@shop").good();
  }

  @Test
  void whatAnotherDirectoryEnablesIsMasked() throws IOException {
    Path below = Files.createDirectory(usr.resolve("default.ini.d")).resolve("web.ini");
    Files.writeString(below, "[depend]\nwants = web\n");
    Path file = etc.resolve("default.ini.d/web.ini");
    assertEquals(
        "web is disabled: " + file + " masks " + below + ":2\n",
        run("disable", "web").good().out());
    assertEquals(0, Files.size(file));
    run("enable", "web").good();
    assertTrue(Files.size(file) > 0);
  }

  @Test
  void whatTheTargetsOwnFileWantsStays() {
    run("disable", "base")
        .bad(1, "default needs base still, by " + usr.resolve("default.ini") + ":4");
  }

  @Test
  void whatIsNotDeclaredCannotBeEnabled() throws IOException {
    run("enable", "wep").bad(3, "no service wep is declared; did you mean web?");
    run("enable", "--target", "other", "web").bad(1, "no target other is declared");
    Files.delete(usr.resolve("default.ini"));
    run("enable", "web").bad(1, "so all services are brought up");
  }
}
