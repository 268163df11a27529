package svc.manager.logic;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import svc.os.Container;

/** In what a system runs: on a machine, a virtual one, or in a container. */
final class Whereabouts {

  /** What makers of virtual machines put into the DMI tables, as systemd-detect-virt(1) has it. */
  private static final List<Map.Entry<String, String>> VENDORS =
      List.of(
          Map.entry("KVM", "kvm"),
          Map.entry("Amazon EC2", "amazon"),
          Map.entry("Google Compute Engine", "google"),
          Map.entry("Google", "google"),
          Map.entry("QEMU", "qemu"),
          Map.entry("VMware", "vmware"),
          Map.entry("VMW", "vmware"),
          Map.entry("innotek GmbH", "virtualbox"),
          Map.entry("VirtualBox", "virtualbox"),
          Map.entry("Xen", "xen"),
          Map.entry("Microsoft Corporation", "microsoft"));

  private static final List<String> DMI =
      List.of(
          "/sys/class/dmi/id/product_name",
          "/sys/class/dmi/id/sys_vendor",
          "/sys/class/dmi/id/bios_vendor");

  private Whereabouts() {}

  /** All words that are true, as {@code container} and {@code docker}. */
  static Set<String> of(World world) {
    Container.Sign sign = Container.find(facts(world));
    if (sign != null) return Set.of("container", sign.container().name().toLowerCase(Locale.ROOT));
    String vendor = vendor(world);
    if (!vendor.isEmpty()) return Set.of("vm", vendor);
    boolean flagged = world.text("/proc/cpuinfo").contains(" hypervisor");
    return Set.of(flagged ? "vm" : "none");
  }

  private static Container.Facts facts(World world) {
    return new Container.Facts(
        environment(world),
        world::exists,
        world.text("/run/host/container-manager"),
        world.text("/proc/self/cgroup"),
        world.text("/proc/self/mountinfo"),
        world.text("/proc/self/ns/pid"));
  }

  /** Ours, and that of process 1 as far as we may see it. */
  private static Map<String, String> environment(World world) {
    Map<String, String> known = new HashMap<>();
    for (String name : List.of("container", "KUBERNETES_SERVICE_HOST")) {
      String value = world.variable(name);
      if (value != null) known.put(name, value);
    }
    for (String entry : world.text("/proc/1/environ").split("\0"))
      if (entry.startsWith("container=")) known.put("container", entry.substring(10));
    return known;
  }

  private static String vendor(World world) {
    if (world.text("/sys/hypervisor/type").strip().equals("xen")) return "xen";
    for (String file : DMI) {
      String text = world.text(file).strip();
      for (Map.Entry<String, String> vendor : VENDORS)
        if (text.startsWith(vendor.getKey())) return vendor.getValue();
    }
    return "";
  }
}
