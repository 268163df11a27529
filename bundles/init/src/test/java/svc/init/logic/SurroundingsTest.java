package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.init.logic.Surroundings.Facts;
import svc.init.logic.Surroundings.Kind;

class SurroundingsTest {

  private static final String FIRST = "pid:[4026531836]";
  private static final String OTHER = "pid:[4026532290]";

  private static final Facts MACHINE = facts(Map.of(), Set.of(), "", "0::/\n", "", FIRST);

  private static Facts facts(
      Map<String, String> environment,
      Set<String> files,
      String manager,
      String cgroup,
      String mounts,
      String namespace) {
    return new Facts(1, environment, files::contains, manager, cgroup, mounts, namespace);
  }

  private static Surroundings variable(String name, String value) {
    return Surroundings.of(facts(Map.of(name, value), Set.of(), "", "", "", OTHER));
  }

  private static Surroundings file(String path) {
    return Surroundings.of(facts(Map.of(), Set.of(path), "", "", "", OTHER));
  }

  private static Surroundings manager(String name) {
    return Surroundings.of(facts(Map.of(), Set.of(), name, "", "", OTHER));
  }

  private static Surroundings cgroup(String path) {
    return Surroundings.of(facts(Map.of(), Set.of(), "", path, "", OTHER));
  }

  private static void is(Kind kind, String evidence, Surroundings found) {
    assertEquals(new Surroundings(kind, 1, evidence), found);
    assertFalse(found.machine());
  }

  @Test
  void aMachine() {
    Surroundings found = Surroundings.of(MACHINE);
    assertEquals(Kind.MACHINE, found.kind());
    assertTrue(found.machine());
    assertEquals("a machine (by the first PID namespace)", found.toString());
  }

  @Test
  void aMachineWhoseProcIsNotMountedYet() {
    assertTrue(Surroundings.of(facts(Map.of(), Set.of(), "", "", "", "")).machine());
  }

  @Test
  void aPidNamespaceThatSaysNothingElse() {
    is(
        Kind.NAMESPACE,
        "a PID namespace",
        Surroundings.of(facts(Map.of(), Set.of(), "", "0::/\n", "", OTHER)));
  }

  @Test
  void docker() {
    is(Kind.DOCKER, "/.dockerenv", file("/.dockerenv"));
    is(Kind.DOCKER, "$container", variable("container", "docker"));
    is(Kind.DOCKER, "/proc/self/cgroup", cgroup("12:pids:/docker/0123456789abcdef\n"));
  }

  @Test
  void podman() {
    is(Kind.PODMAN, "$container", variable("container", "podman"));
    is(Kind.PODMAN, "/run/.containerenv", file("/run/.containerenv"));
    is(Kind.PODMAN, "/proc/self/cgroup", cgroup("0::/machine.slice/libpod-0123.scope\n"));
  }

  @Test
  void kubernetes() {
    is(Kind.KUBERNETES, "KUBERNETES_SERVICE_HOST", variable("KUBERNETES_SERVICE_HOST", "10.0.0.1"));
    is(Kind.KUBERNETES, "$container", variable("container", "kube"));
    is(
        Kind.KUBERNETES,
        "/proc/self/cgroup",
        cgroup("0::/kubepods.slice/kubepods-besteffort.slice/cri-containerd-01.scope\n"));
  }

  @Test
  void nspawn() {
    is(Kind.NSPAWN, "$container", variable("container", "systemd-nspawn"));
    is(Kind.NSPAWN, "/run/host/container-manager", manager("systemd-nspawn\n"));
    is(Kind.NSPAWN, "/proc/self/cgroup", cgroup("1:name=systemd:/machine.slice/machine-a.scope\n"));
  }

  @Test
  void lxc() {
    is(Kind.LXC, "$container", variable("container", "lxc"));
    is(Kind.LXC, "$container", variable("container", "lxc-libvirt"));
    is(Kind.LXC, "/proc/self/cgroup", cgroup("4:memory:/lxc/one\n"));
  }

  @Test
  void runc() {
    is(Kind.RUNC, "$container", variable("container", "runc"));
    is(Kind.RUNC, "$container", variable("container", "oci"));
    is(Kind.RUNC, "/proc/self/cgroup", cgroup("0::/runc-test\n"));
    String masked = "613 584 0:5 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw\n";
    is(
        Kind.RUNC,
        "masked paths in /proc",
        Surroundings.of(facts(Map.of(), Set.of(), "", "0::/\n", masked, OTHER)));
  }

  @Test
  void oneOfWhichWeNeverHeardIsAContainerAllTheSame() {
    is(Kind.NAMESPACE, "$container", variable("container", "new-and-shiny"));
  }

  @Test
  void whatSaysMoreIsAskedFirst() {
    Facts both =
        facts(
            Map.of("KUBERNETES_SERVICE_HOST", "10.0.0.1", "container", "docker"),
            Set.of("/.dockerenv", "/run/.containerenv"),
            "podman",
            "0::/docker/1\n",
            "",
            OTHER);
    is(Kind.KUBERNETES, "KUBERNETES_SERVICE_HOST", Surroundings.of(both));
  }

  @Test
  void whereSomebodyElseIsProcessOne() {
    Facts facts =
        new Facts(4711, Map.of("container", "docker"), path -> true, "", "/docker/1", "", OTHER);
    Surroundings found = Surroundings.of(facts);
    assertEquals(Kind.PROCESS, found.kind());
    assertEquals(4711, found.pid());
    assertEquals("our process id, 4711", found.evidence());
    assertFalse(found.machine());
  }

  @Test
  void onlyWhereTheMakerMakesItAnewARestartIsOne() {
    for (Kind kind : Kind.values()) {
      boolean restarts = kind == Kind.NSPAWN || kind == Kind.LXC;
      assertEquals(restarts, new Surroundings(kind, 1, "").restartsByReboot(), kind.name());
    }
  }
}
