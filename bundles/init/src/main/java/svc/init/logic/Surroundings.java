package svc.init.logic;

import java.util.Map;
import java.util.function.Predicate;
import svc.os.Container;

/**
 * Where an init finds itself.
 *
 * @param pid our own process id
 * @param evidence what gave it away, for people
 */
public record Surroundings(Kind kind, int pid, String evidence) {

  public enum Kind {
    /** The machine is ours. */
    MACHINE("a machine"),
    DOCKER("Docker"),
    PODMAN("Podman"),
    KUBERNETES("Kubernetes"),
    NSPAWN("systemd-nspawn"),
    LXC("LXC"),
    RUNC("runc"),
    /** Process 1, and neither the machine's first nor in anything that says what it is. */
    NAMESPACE("a container"),
    /** Not process 1: somebody else is the init here. */
    PROCESS("the middle of things, beside another init");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * What can be seen from inside.
   *
   * @param environment of process 1 as far as it is ours
   * @param exists whether there is a file
   * @param containerManager /run/host/container-manager, or empty
   * @param cgroup /proc/self/cgroup, or empty
   * @param mountInfo /proc/self/mountinfo, or empty
   * @param pidNamespace the link /proc/self/ns/pid, or empty when /proc is not mounted
   */
  public record Facts(
      int pid,
      Map<String, String> environment,
      Predicate<String> exists,
      String containerManager,
      String cgroup,
      String mountInfo,
      String pidNamespace) {

    private Container.Facts ofContainer() {
      return new Container.Facts(
          environment, exists, containerManager, cgroup, mountInfo, pidNamespace);
    }
  }

  public static Surroundings of(Facts facts) {
    if (facts.pid() != 1)
      return new Surroundings(Kind.PROCESS, facts.pid(), "our process id, " + facts.pid());
    Container.Sign sign = Container.find(facts.ofContainer());
    if (sign == null) return new Surroundings(Kind.MACHINE, 1, "the first PID namespace");
    return new Surroundings(kind(sign.container()), 1, sign.evidence());
  }

  private static Kind kind(Container container) {
    return switch (container) {
      case DOCKER -> Kind.DOCKER;
      case PODMAN -> Kind.PODMAN;
      case KUBERNETES -> Kind.KUBERNETES;
      case NSPAWN -> Kind.NSPAWN;
      case LXC -> Kind.LXC;
      case RUNC -> Kind.RUNC;
      case OTHER -> Kind.NAMESPACE;
    };
  }

  public boolean machine() {
    return kind == Kind.MACHINE;
  }

  /** Whether reboot(2) ends our PID namespace and tells its maker to make it anew. */
  public boolean restartsByReboot() {
    return kind == Kind.NSPAWN || kind == Kind.LXC;
  }

  @Override
  public String toString() {
    return kind + " (by " + evidence + ")";
  }
}
