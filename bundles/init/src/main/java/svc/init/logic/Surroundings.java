package svc.init.logic;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

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

  /** The first PID namespace's inode on every kernel (proc_ns.h, PROC_PID_INIT_INO). */
  private static final String FIRST_NAMESPACE = "pid:[4026531836]";

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
      String pidNamespace) {}

  private record Sign(Kind kind, String evidence) {}

  /** The more a sign says, the earlier it is asked. */
  public static Surroundings of(Facts facts) {
    Sign sign = container(facts);
    if (facts.pid() != 1)
      return new Surroundings(Kind.PROCESS, facts.pid(), "our process id, " + facts.pid());
    return new Surroundings(sign.kind(), 1, sign.evidence());
  }

  private static Sign container(Facts facts) {
    Map<String, String> environment = facts.environment();
    if (environment.containsKey("KUBERNETES_SERVICE_HOST"))
      return new Sign(Kind.KUBERNETES, "KUBERNETES_SERVICE_HOST");
    Kind told = named(environment.getOrDefault("container", ""));
    if (told != null) return new Sign(told, "$container");
    told = named(facts.containerManager().strip());
    if (told != null) return new Sign(told, "/run/host/container-manager");
    if (facts.exists().test("/run/.containerenv"))
      return new Sign(Kind.PODMAN, "/run/.containerenv");
    if (facts.exists().test("/.dockerenv")) return new Sign(Kind.DOCKER, "/.dockerenv");
    told = byCgroup(facts.cgroup());
    if (told != null) return new Sign(told, "/proc/self/cgroup");
    if (masked(facts.mountInfo())) return new Sign(Kind.RUNC, "masked paths in /proc");
    boolean first = facts.pidNamespace().isEmpty() || facts.pidNamespace().equals(FIRST_NAMESPACE);
    return first
        ? new Sign(Kind.MACHINE, "the first PID namespace")
        : new Sign(Kind.NAMESPACE, "a PID namespace");
  }

  /** As container managers call themselves; null for none, and for one of which we never heard. */
  private static Kind named(String name) {
    return switch (name) {
      case "docker" -> Kind.DOCKER;
      case "podman", "libpod" -> Kind.PODMAN;
      case "systemd-nspawn" -> Kind.NSPAWN;
      case "lxc", "lxc-libvirt" -> Kind.LXC;
      case "runc", "crun", "oci" -> Kind.RUNC;
      case "kube", "kubernetes" -> Kind.KUBERNETES;
      case "" -> null;
      default -> Kind.NAMESPACE;
    };
  }

  private static Kind byCgroup(String cgroup) {
    for (Map.Entry<String, Kind> part : CGROUP_PARTS) {
      if (cgroup.contains(part.getKey())) return part.getValue();
    }
    return null;
  }

  private static final List<Map.Entry<String, Kind>> CGROUP_PARTS =
      List.of(
          Map.entry("kubepods", Kind.KUBERNETES),
          Map.entry("/docker", Kind.DOCKER),
          Map.entry("libpod", Kind.PODMAN),
          Map.entry("/lxc", Kind.LXC),
          Map.entry("machine.slice/machine-", Kind.NSPAWN),
          Map.entry("/runc-", Kind.RUNC),
          Map.entry("cri-containerd", Kind.KUBERNETES));

  /**
   * The OCI's usual configuration lays /dev/null over some files of /proc; nobody does that on a
   * machine.
   */
  private static boolean masked(String mountInfo) {
    return mountInfo.contains(" /null /proc/");
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
