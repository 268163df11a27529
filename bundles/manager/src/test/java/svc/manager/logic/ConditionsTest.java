package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.ServiceState;
import svc.service.Status;

/** What has to be so for a service to be started, and what becomes of one that is not. */
class ConditionsTest {

  private final Set<String> there = new HashSet<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, String> variables = new HashMap<>();
  private final List<Action> out = new ArrayList<>();

  private final World world =
      new World() {
        @Override
        public boolean exists(String path) {
          return there.contains(path);
        }

        @Override
        public boolean holdsSomething(String path) {
          return there.stream().anyMatch(each -> each.startsWith(path + "/"));
        }

        @Override
        public String text(String path) {
          return texts.getOrDefault(path, "");
        }

        @Override
        public String variable(String name) {
          return variables.get(name);
        }

        @Override
        public String architecture() {
          return "amd64";
        }
      };

  private static Declaration with(String... lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] parts = line.split(" = ");
      entries.add(new Entry("condition", parts[0], parts[1], entries.size() + 2));
    }
    return new Declaration("a", "/etc/svc/a.ini", entries);
  }

  private boolean met(String... lines) {
    return Conditions.unmet(with(lines), world).isEmpty();
  }

  @Test
  void pathsAreThereOrNot() {
    there.add("/x/y");
    assertTrue(met("path-exists = /x/y"));
    assertFalse(met("path-exists = !/x/y"));
    assertFalse(met("path-missing = /x/y"));
    assertTrue(met("path-missing = /z"));
    assertTrue(met("directory-not-empty = /x"));
    assertFalse(met("directory-not-empty = /z"));
    there.add("/etc/svc/here");
    assertTrue(met("path-exists = here"));
  }

  @Test
  void allHaveToBeMetAndTheFirstThatIsNotIsNamed() {
    there.add("/x");
    assertEquals(
        "condition not met: path-exists = /y",
        Conditions.unmet(with("path-exists = /x", "path-exists = /y", "host = z"), world));
  }

  @Test
  void theKernelsCommandLineHasTheWord() {
    texts.put("/proc/cmdline", "ro quiet root=/dev/vda\n");
    assertTrue(met("kernel-command-line = quiet"));
    assertTrue(met("kernel-command-line = root"));
    assertTrue(met("kernel-command-line = root=/dev/vda"));
    assertFalse(met("kernel-command-line = roo"));
    assertTrue(met("kernel-command-line = !single"));
  }

  @Test
  void variablesAreThoseOfTheManager() {
    variables.put("MODE", "test");
    assertTrue(met("environment = MODE"));
    assertTrue(met("environment = MODE=test"));
    assertFalse(met("environment = MODE=real"));
    assertFalse(met("environment = OTHER"));
  }

  @Test
  void architectureAndHostHaveSeveralNames() {
    texts.put("/proc/sys/kernel/hostname", "web-12.example\n");
    texts.put("/etc/machine-id", "0123\n");
    assertTrue(met("architecture = x86-64", "architecture = x86_64", "architecture = amd64"));
    assertFalse(met("architecture = arm64"));
    assertTrue(met("host = web-*", "host = web-12.example", "host = 0123", "host = !db-*"));
    assertFalse(met("host = web"));
  }

  @Test
  void whereItRuns() {
    assertTrue(met("virtualization = none", "virtualization = !vm"));
    texts.put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
    assertTrue(met("virtualization = vm", "virtualization = qemu", "virtualization = !container"));
    there.add("/.dockerenv");
    assertTrue(
        met("virtualization = container", "virtualization = docker", "virtualization = !vm"));
    texts.put("/proc/1/environ", "container=lxc\0");
    assertTrue(met("virtualization = lxc"));
  }

  // What becomes of it

  private final Conductor conductor =
      new Conductor(
          Graph.of(
              List.of(
                  Declared.service("t", "requires a"),
                  with("path-exists = /x"),
                  Declared.service("b", "requires a"))),
          "t");

  private List<String> obey() {
    List<String> orders = new ArrayList<>();
    while (!out.isEmpty()) {
      Action action = out.remove(0);
      if (action instanceof Action.Examine examine) {
        String unmet = Conditions.unmet(examine.declaration(), world);
        conductor.examined(examine.declaration().name(), unmet, out);
      } else if (action instanceof Action.Order order) {
        String name = order.declaration().name();
        orders.add(order.wish().name().toLowerCase() + " " + name);
        boolean up = order.wish() == Action.Wish.START;
        says(name, up ? ServiceState.UP : ServiceState.DOWN, up);
        conductor.ordered(name, "", out);
      }
    }
    return orders;
  }

  private void says(String service, ServiceState state, boolean wanted) {
    conductor.statusChanged(
        new Status(service, "daemon", state, wanted, 0, 9, 0, null, "", false), out);
  }

  private Status status(String service) {
    return conductor.view(service).status();
  }

  @Test
  void aServiceThatIsSkippedCountsAsUp() {
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    assertEquals(List.of("start t"), obey());
    assertEquals(ServiceState.SKIPPED, status("a").state());
    assertEquals("condition not met: path-exists = /x", status("a").reason());
    assertTrue(conductor.reached());
    assertTrue(conductor.settled());
    assertEquals(Map.of("a", "condition not met: path-exists = /x"), conductor.goals().skipped());
  }

  @Test
  void itIsLookedAtAgainWhenSomebodyAsksForItAndNotBefore() {
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    obey();
    there.add("/x");
    conductor.start(1, List.of("t"), out);
    assertEquals(List.of("start a"), obey());
    there.clear();
    says("a", ServiceState.BACKING_OFF, true);
    says("a", ServiceState.UP, true);
    assertEquals(ServiceState.UP, status("a").state());
  }

  @Test
  void anotherManagerKnowsThatItIsSkipped() {
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    obey();
    there.add("/x");
    Conductor next = new Conductor(conductor.graph(), "t");
    next.restore(conductor.goals());
    next.adopted("main", List.of(status("t")));
    next.begin(out);
    assertEquals(List.of(), obey());
    assertEquals(ServiceState.SKIPPED, next.view("a").status().state());
  }

  @Test
  void itNeedsNoSupervisor() {
    conductor.begin(out);
    assertEquals(List.of(), out.stream().filter(Action.NeedSupervisor.class::isInstance).toList());
    obey();
    assertEquals(ServiceState.SKIPPED, status("a").state());
  }

  @Test
  void whatIsStoppedIsNotSkipped() {
    conductor.supervisorReady("main", List.of(), out);
    conductor.begin(out);
    obey();
    conductor.stop(1, List.of("a"), out);
    assertEquals(List.of("stop t"), obey());
    assertEquals(ServiceState.DOWN, status("a").state());
  }
}
