package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {

  private final Map<String, String> environment = new HashMap<>();

  private Places places(int uid, String socket, String run, String log) {
    Session session = new Session(environment, null, null, null, null, null, uid, false);
    return Places.of(session, socket, run, log);
  }

  private static Places expected(String socket, String run, String log) {
    return new Places(Path.of(socket), Path.of(run), Path.of(log));
  }

  @Test
  void rootHasTheSystems() {
    environment.put("XDG_RUNTIME_DIR", "/run/user/0");
    assertEquals(
        expected("/run/.svc-sock", "/run/svc", "/var/log/svc"), places(0, null, null, null));
  }

  @Test
  void aUserHasHisOwn() {
    assertEquals(
        expected("/tmp/svc-5/sock", "/tmp/svc-5", "/tmp/svc-5/log"), places(5, null, null, null));
    environment.put("XDG_RUNTIME_DIR", "/run/user/5");
    assertEquals(
        expected("/run/user/5/svc/sock", "/run/user/5/svc", "/run/user/5/svc/log"),
        places(5, null, null, null));
  }

  @Test
  void aSocketBringsItsNeighbourhood() {
    environment.put("SVC_SOCKET", "/a/s");
    assertEquals(expected("/a/s", "/a/s.d", "/a/s.d/log"), places(0, null, null, null));
    assertEquals(expected("/b", "/b.d", "/b.d/log"), places(0, "/b", null, null));
    assertEquals(expected("/b", "/r", "/r/log"), places(0, "/b", "/r", null));
    assertEquals(expected("/b", "/r", "/l"), places(0, "/b", "/r", "/l"));
    assertEquals(expected("/b", "/b.d", "/l"), places(0, "/b", null, "/l"));
  }

  @Test
  void pluginsAreBesideTheDeclarationsOrWhereTheRunDirectoryIs() {
    assertEquals("/etc/svc/plugins", plugins(0, null, null));
    assertEquals("/etc/svc/plugins", plugins(0, null, "/run/svc"));
    assertEquals("/b.d/plugins", plugins(0, "/b", null));
    environment.put("HOME", "/home/five");
    assertEquals("/home/five/.config/svc/plugins", plugins(5, null, null));
  }

  private String plugins(int uid, String socket, String run) {
    Session session = new Session(environment, null, null, null, null, null, uid, false);
    return Places.of(session, socket, run, null).plugins(session).toString();
  }
}
