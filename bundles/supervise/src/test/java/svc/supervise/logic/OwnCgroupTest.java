package svc.supervise.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnCgroupTest {

  private static final String OTHERS =
      "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
          + "28 22 0:24 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu\n";

  private static String mount(String root, String at, String options) {
    return "30 22 0:26 " + root + " " + at + " " + options + " shared:4 - cgroup2 cgroup2 rw\n";
  }

  private static String directory(String mounts, String cgroup) {
    OwnCgroup own = OwnCgroup.find(OTHERS + mounts, cgroup);
    return own == null ? null : own.directory();
  }

  @Test
  void isBelowTheMount() {
    String mounts = mount("/", "/sys/fs/cgroup", "rw,nosuid");
    assertEquals("/sys/fs/cgroup/a.slice/b", directory(mounts, "0::/a.slice/b\n"));
    assertEquals("/sys/fs/cgroup", directory(mounts, "0::/\n"));
  }

  @Test
  void isFoundBesideTheOlderHierarchies() {
    String mounts = mount("/", "/sys/fs/cgroup/unified", "rw");
    String cgroup = "4:memory:/m\n1:name=systemd:/s\n0::/u\n";
    assertEquals("/sys/fs/cgroup/unified/u", directory(mounts, cgroup));
    assertNull(directory(mounts, "4:memory:/m\n"));
  }

  /** A container without a cgroup namespace sees the path from the machine's root. */
  @Test
  void whatIsMountedMayBeAPart() {
    String mounts = mount("/docker/c1", "/sys/fs/cgroup", "rw");
    assertEquals("/sys/fs/cgroup", directory(mounts, "0::/docker/c1\n"));
    assertEquals("/sys/fs/cgroup/web", directory(mounts, "0::/docker/c1/web\n"));
    assertNull(directory(mounts, "0::/docker/c12\n"));
    assertNull(directory(mounts, "0::/\n"));
  }

  @Test
  void isNotUsedWhereNobodyCanWrite() {
    assertNull(directory(mount("/", "/sys/fs/cgroup", "ro,nosuid"), "0::/a\n"));
    assertNull(directory("", "0::/a\n"));
    assertNull(directory("nonsense\n", "0::/a\n"));
    assertNull(directory(mount("/", "/sys/fs/cgroup", "rw"), ""));
  }

  @Test
  void isNotUsedAboveItsNamespace() {
    assertNull(directory(mount("/", "/sys/fs/cgroup", "rw"), "0::/../other\n"));
  }

  @Test
  void aSecondMountMayShowIt() {
    String mounts = mount("/x", "/other", "rw") + mount("/", "/cgroup", "rw");
    assertEquals("/cgroup/y", directory(mounts, "0::/y\n"));
  }

  @Test
  void whatItIsInIsNamedUpToTheMount() {
    String mounts = mount("/", "/cgroup", "rw");
    List<String> upwards = OwnCgroup.find(mounts, "0::/a/b\n").upwards();
    assertEquals(List.of("/cgroup/a/b", "/cgroup/a", "/cgroup"), upwards);
    assertEquals(List.of("/cgroup"), OwnCgroup.find(mounts, "0::/\n").upwards());
  }

  @Test
  void systemdsIsOursOnlyWhenItSaysSo() {
    assertTrue(OwnCgroup.isOurs(false, false));
    assertTrue(OwnCgroup.isOurs(true, true));
    assertFalse(OwnCgroup.isOurs(true, false));
  }

  @Test
  void itsProcessesAreReadButThoseOfOtherNamespaces() {
    List<Integer> processes = new ArrayList<>();
    OwnCgroup.processes("12\n0\n345\n", processes);
    OwnCgroup.processes("", processes);
    assertEquals(List.of(12, 345), processes);
  }

  @Test
  void whetherItIsDividedIsCounted() {
    assertTrue(OwnCgroup.isDivided("nr_descendants 12\nnr_dying_descendants 0\n"));
    assertFalse(OwnCgroup.isDivided("nr_descendants 0\nnr_dying_descendants 3\n"));
    assertFalse(OwnCgroup.isDivided(""));
  }
}
