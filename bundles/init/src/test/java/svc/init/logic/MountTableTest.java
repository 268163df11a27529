package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.init.logic.MountTable.Mount;

class MountTableTest {

  /** Lines of real machines, and one that nobody would want. */
  private static final String MOUNTINFO =
      """
      25 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
      22 25 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
      23 25 0:22 / /sys rw,nosuid,nodev,noexec,relatime shared:2 - sysfs sysfs rw
      24 25 0:5 / /dev rw,nosuid,relatime shared:8 - devtmpfs udev rw,size=4005892k,mode=755
      26 24 0:23 / /dev/pts rw,nosuid,noexec,relatime shared:9 - devpts devpts rw,gid=5,mode=620
      27 25 0:24 / /run rw,nosuid,nodev,noexec,relatime shared:10 - tmpfs tmpfs rw,size=804084k
      31 27 0:28 / /run/lock rw,nosuid,nodev,noexec,relatime shared:11 - tmpfs tmpfs rw,size=5120k
      32 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate
      40 25 254:16 / /srv rw,relatime shared:30 - xfs /dev/vdb rw,attr2
      41 40 254:17 / /srv/a\\040b\\134c\\011d\\012e rw,relatime - ext4 /dev/vdc rw
      42 25 0:40 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw
      43 25 254:18 / /media/cd\\303\\244 ro,relatime - iso9660 /dev/sr0 ro
      44 25 254:19 /data/- /mnt/bind rw,relatime shared:31 master:2 - ext4 /dev/vdd rw
      45 25 254:20 / /opt rw,relatime - ext4 /dev/vde ro
      46 27 0:50 / /run/media/stick rw - vfat /dev/sda1 rw
      """;

  private static final String ODD = "/srv/a b\\c\td\ne";

  private final MountTable table = MountTable.parse(MOUNTINFO);

  @Test
  void escapesAreRead() {
    assertTrue(table.mounted(ODD));
    assertTrue(table.mounted("/media/cdä"));
    assertFalse(table.mounted("/srv/a"));
    assertEquals("a\\", MountTable.unescape("a\\"));
    assertEquals("plain", MountTable.unescape("plain"));
  }

  @Test
  void whatIsMountedStandsInTheOrderInWhichItWas() {
    assertEquals(15, table.mounts().size());
    assertEquals(new Mount("/", "ext4", false), table.mounts().get(0));
    assertEquals(new Mount("/media/cdä", "iso9660", true), table.mounts().get(11));
  }

  @Test
  void theLastIsDetachedFirstAndWhatTheKernelAndWeNeedStays() {
    assertEquals(
        List.of("/run/media/stick", "/opt", "/mnt/bind", "/media/cdä", "/tmp", ODD, "/srv"),
        table.toUnmount());
  }

  @Test
  void whatIsLeftAndCanBeWrittenToIsMadeReadOnly() {
    assertEquals(List.of("/run/media/stick", "/mnt/bind", ODD, "/srv", "/"), table.writable());
  }

  @Test
  void theSameDirectoryMayBeMountedOverAndIsDetachedAsOften() {
    MountTable twice =
        MountTable.parse(
            "1 0 8:1 / /a rw - ext4 /dev/a rw\n2 1 8:2 / /a ro shared:1 - xfs /dev/b ro\n");
    assertEquals(List.of("/a", "/a"), twice.toUnmount());
  }

  @Test
  void aSourceMayBeEmpty() {
    assertEquals(
        List.of(new Mount("/a", "tmpfs", false)),
        MountTable.parse("1 0 0:1 / /a rw - tmpfs  rw\n").mounts());
  }

  @Test
  void aLineThatHasNotTheFormIsLeftOut() {
    assertEquals(List.of(), MountTable.parse("").mounts());
    assertEquals(List.of(), MountTable.parse("no\nsuch line\n1 2 3 4 5 - a b\n").mounts());
  }

  @Test
  void whatIsInUseForSwapping() {
    String swaps =
        """
        Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
        /dev/sda2                               partition\t8388604\t\t0\t\t-2
        /var/swap\\040file                       file\t1024\t0\t-3
        """;
    assertEquals(List.of("/dev/sda2", "/var/swap file"), MountTable.swaps(swaps));
    assertEquals(List.of(), MountTable.swaps(""));
  }
}
