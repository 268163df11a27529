package example.openrc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImportTest {

  private static InitScript script(String... lines) {
    return InitScript.read("web", List.of(lines));
  }

  private static InitScript file(String name) throws IOException {
    return InitScript.read(name, Files.readAllLines(Path.of("src", "test", "openrc", name)));
  }

  @Test
  void aScriptBecomesADeclaration() {
    InitScript script =
        script(
            "#!/sbin/openrc-run",
            "description=\"A web server\"",
            "pidfile=/run/${RC_SVCNAME}.pid",
            "depend() {",
            "\tneed localmount net",
            "\tuse logger dns",
            "\twant cache",
            "\tafter firewall",
            "\tbefore proxy",
            "\tprovide httpd web",
            "}");
    assertEquals(
        """
        # from /etc/init.d/web by svc-openrc-import
        # provides httpd: make that a target that requires web
        [service]
        type = openrc
        description = A web server
        [openrc]
        script = /etc/init.d/web
        pid-file = /run/web.pid
        [depend]
        requires = localmount net
        wants = cache
        after = cache logger dns firewall
        before = proxy
        """,
        Import.declaration("/etc/init.d/web", "web", script));
  }

  @Test
  void linesGoOnAndVariablesStandForWhatWasSaidBefore() throws IOException {
    InitScript script = file("sleeper");
    assertEquals("Sleeps, for sleeper's sake", script.variable("description"));
    assertEquals(List.of("firewall", "clock"), script.dependencies("after"));
    assertEquals(List.of("rest"), script.dependencies("provide"));
  }

  @Test
  void whatOnlyTheShellKnowsIsLeftToPeople() throws IOException {
    assertEquals(
        List.of("pidfile=\"${SLEEPER_RUN:-/run}/$RC_SVCNAME.pid\""), file("sleeper").unread());
    InitScript script = file("swap");
    assertEquals("Turns \"$swap\" on", script.variable("description"));
    assertEquals("/run/swap/swap.pid", script.variable("pidfile"));
    assertEquals(List.of("swapfiles", "root"), script.dependencies("need"));
    assertEquals(
        List.of("after *", "before !ntpd mount # and one more", "if [ -e /etc/swap ]; then", "fi"),
        script.unread());
  }

  @Test
  void aVariableThatIsSetToSomethingUnknownIsUnknown() {
    InitScript script = script("pidfile=/run/a.pid", "pidfile=\"$(find_it)\"", "x=`date`", "y=$x");
    assertEquals("", script.variable("pidfile"));
    assertEquals(List.of("pidfile=\"$(find_it)\""), script.unread());
  }

  @Test
  void aScriptThatSaysNothing() {
    assertEquals(
        "# from /etc/init.d/x by svc-openrc-import\n"
            + "[service]\n"
            + "type = openrc\n"
            + "[openrc]\n"
            + "script = /etc/init.d/x\n",
        Import.declaration("/etc/init.d/x", "x", script()));
  }
}
