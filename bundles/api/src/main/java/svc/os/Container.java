package svc.os;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What a process can be in that shares its kernel with others. */
public enum Container {
  /** Docker. */
  DOCKER,
  /** Podman. */
  PODMAN,
  /** A pod of Kubernetes. */
  KUBERNETES,
  /** systemd-nspawn(1). */
  NSPAWN,
  /** LXC. */
  LXC,
  /** runc, crun, or something else that follows the OCI. */
  RUNC,
  /** Some other. */
  OTHER;

  /** The first PID namespace's inode on every kernel (proc_ns.h, PROC_PID_INIT_INO). */
  private static final String FIRST_NAMESPACE = "pid:[4026531836]";

  /**
   * What can be seen from inside.
   *
   * @param environment of process 1 as far as it is known
   * @param exists whether there is a file
   * @param containerManager /run/host/container-manager, or empty
   * @param cgroup /proc/self/cgroup, or empty
   * @param mountInfo /proc/self/mountinfo, or empty
   * @param pidNamespace the link /proc/self/ns/pid, or empty when /proc is not mounted
   */
  public record Facts(
      Map<String, String> environment,
      Predicate<String> exists,
      String containerManager,
      String cgroup,
      String mountInfo,
      String pidNamespace) {}

  /**
   * One that was recognised.
   *
   * @param container which one
   * @param evidence what gave it away, for people
   */
  public record Sign(Container container, String evidence) {}

  /**
   * Looks for signs of a container. The more a sign says, the earlier it is asked.
   *
   * @param facts what can be seen
   * @return the one that was recognised, or null when there is no sign of any
   */
  public static Sign find(Facts facts) {
    Map<String, String> environment = facts.environment();
    if (environment.containsKey("KUBERNETES_SERVICE_HOST"))
      return new Sign(KUBERNETES, "KUBERNETES_SERVICE_HOST");
    Container told = named(environment.getOrDefault("container", ""));
    if (told != null) return new Sign(told, "$container");
    told = named(facts.containerManager().strip());
    if (told != null) return new Sign(told, "/run/host/container-manager");
    if (facts.exists().test("/run/.containerenv")) return new Sign(PODMAN, "/run/.containerenv");
    if (facts.exists().test("/.dockerenv")) return new Sign(DOCKER, "/.dockerenv");
    told = byCgroup(facts.cgroup());
    if (told != null) return new Sign(told, "/proc/self/cgroup");
    if (masked(facts.mountInfo())) return new Sign(RUNC, "masked paths in /proc");
    boolean first = facts.pidNamespace().isEmpty() || facts.pidNamespace().equals(FIRST_NAMESPACE);
    return first ? null : new Sign(OTHER, "a PID namespace");
  }

  /** As container managers call themselves; null for none, OTHER for one we never heard of. */
  private static Container named(String name) {
    return switch (name) {
      case "docker" -> DOCKER;
      case "podman", "libpod" -> PODMAN;
      case "systemd-nspawn" -> NSPAWN;
      case "lxc", "lxc-libvirt" -> LXC;
      case "runc", "crun", "oci" -> RUNC;
      case "kube", "kubernetes" -> KUBERNETES;
      case "" -> null;
      default -> OTHER;
    };
  }

  private static Container byCgroup(String cgroup) {
    for (Map.Entry<String, Container> part : CGROUP_PARTS) {
      if (cgroup.contains(part.getKey())) return part.getValue();
    }
    return null;
  }

  private static final List<Map.Entry<String, Container>> CGROUP_PARTS =
      List.of(
          Map.entry("kubepods", KUBERNETES),
          Map.entry("/docker", DOCKER),
          Map.entry("libpod", PODMAN),
          Map.entry("/lxc", LXC),
          Map.entry("machine.slice/machine-", NSPAWN),
          Map.entry("/runc-", RUNC),
          Map.entry("cri-containerd", KUBERNETES));

  /**
   * The OCI's usual configuration lays /dev/null over some files of /proc; nobody does that on a
   * machine.
   */
  private static boolean masked(String mountInfo) {
    return mountInfo.contains(" /null /proc/");
  }
}
