package svc.os;

import java.util.List;

/**
 * What a process is given that most are not. What is null, or an empty list, stays as it is with
 * us.
 *
 * @param root an absolute path, the directory that is {@code /} for it (chroot(2)); its directory
 *     and its program are looked for there, its streams are not
 * @param groups its supplementary groups by name or number, or null for those that its user has in
 *     the database
 * @param limits each resource at most once (setrlimit(2))
 * @param nice from -20 to 19 (setpriority(2))
 * @param oomScoreAdjust from -1000 to 1000 (proc(5), oom_score_adj)
 * @param processors those that it runs on (sched_setaffinity(2))
 * @param terminal an absolute path, the device that becomes its controlling terminal, and is what
 *     {@link Spawn.Stream#TERMINAL} stands for
 * @param outlet a FIFO of ours that it may write to, or null
 * @param cgroup an absolute path, the directory of the cgroup that it is put into as soon as it is
 *     there, and with it whatever it forks (cgroups(7)); where that cannot be it goes on without;
 *     or null
 * @param witness an absolute path, an empty file that the child makes before it executes its
 *     program: it says of whoever died in the middle of the spawn whether there was one; or null
 */
public record Attributes(
    String root,
    List<String> groups,
    List<Limit> limits,
    Integer nice,
    Integer oomScoreAdjust,
    Processors processors,
    String terminal,
    Outlet outlet,
    String cgroup,
    String witness) {

  /**
   * Without an outlet and a witness, and where we are.
   *
   * @param root an absolute path, or null
   * @param groups by name or number, or null
   * @param limits each resource at most once
   * @param nice from -20 to 19, or null
   * @param oomScoreAdjust from -1000 to 1000, or null
   * @param processors those that it runs on, or null
   * @param terminal an absolute path, or null
   */
  public Attributes(
      String root,
      List<String> groups,
      List<Limit> limits,
      Integer nice,
      Integer oomScoreAdjust,
      Processors processors,
      String terminal) {
    this(root, groups, limits, nice, oomScoreAdjust, processors, terminal, null, null, null);
  }

  /**
   * A FIFO that is open to write at a number that the process knows.
   *
   * @param path an absolute path, which somebody reads ({@link Kernel#openOutlet})
   * @param number from 3 to 63, above the descriptors that it is handed
   */
  public record Outlet(String path, int number) {}

  /** As most are. */
  public static final Attributes NONE =
      new Attributes(null, null, List.of(), null, null, null, null);

  /**
   * Copies the lists.
   *
   * @param root an absolute path, or null
   * @param groups by name or number, or null
   * @param limits each resource at most once
   * @param nice from -20 to 19, or null
   * @param oomScoreAdjust from -1000 to 1000, or null
   * @param processors those that it runs on, or null
   * @param terminal an absolute path, or null
   * @param outlet or null
   * @param cgroup an absolute path, or null
   * @param witness an absolute path, or null
   */
  public Attributes {
    groups = groups == null ? null : List.copyOf(groups);
    limits = List.copyOf(limits);
  }

  /**
   * The same, and something to write to.
   *
   * @param given a FIFO and the number that it has in the child
   * @return a copy
   */
  public Attributes with(Outlet given) {
    return new Attributes(
        root, groups, limits, nice, oomScoreAdjust, processors, terminal, given, cgroup, witness);
  }

  /**
   * The same in a cgroup.
   *
   * @param directory an absolute path, or null for ours
   * @return a copy
   */
  public Attributes in(String directory) {
    return new Attributes(
        root,
        groups,
        limits,
        nice,
        oomScoreAdjust,
        processors,
        terminal,
        outlet,
        directory,
        witness);
  }

  /**
   * The same with a witness.
   *
   * @param file an absolute path, or null
   * @return a copy
   */
  public Attributes witnessedBy(String file) {
    return new Attributes(
        root, groups, limits, nice, oomScoreAdjust, processors, terminal, outlet, cgroup, file);
  }
}
