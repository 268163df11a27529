package svc.update;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import svc.nv.NvList;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/** In a real framework. */
@Timeout(60)
class InventoryTest {

  @TempDir Path cache;
  private Framework framework;
  private final List<FrameworkEvent> errors = new ArrayList<>();

  /** Of which only the name matters. */
  private static final ServiceType BEEPER =
      new ServiceType() {
        @Override
        public String name() {
          return "beeper";
        }

        @Override
        public List<Key> keys() {
          return List.of();
        }

        @Override
        public List<Problem> check(Declaration declaration) {
          throw new AssertionError("nobody asked");
        }

        @Override
        public Procedure procedure(Declaration declaration) {
          throw new AssertionError("nobody asked");
        }
      };

  /** As Felix SCR has one, where the class of the service is missing. */
  private static final class Unable implements ServiceFactory<Object> {
    @Override
    public Object getService(Bundle bundle, ServiceRegistration<Object> registration) {
      throw new NoClassDefFoundError("org/osgi/service/cm/ManagedService");
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Object> registration, Object service) {}
  }

  @BeforeEach
  void start() throws Exception {
    framework =
        new FrameworkFactory()
            .newFramework(Map.of(Constants.FRAMEWORK_STORAGE, cache.resolve("felix").toString()));
    framework.start();
    framework
        .getBundleContext()
        .addFrameworkListener(
            event -> {
              if (event.getType() == FrameworkEvent.ERROR) errors.add(event);
            });
  }

  @AfterEach
  void end() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }

  @Test
  void typesAreListedAndNoOtherServiceIsMadeForIt() {
    BundleContext context = framework.getBundleContext();
    context.registerService("org.osgi.service.cm.ManagedService", new Unable(), new Hashtable<>());
    context.registerService(ServiceType.class, BEEPER, new Hashtable<>());
    NvList system = new Inventory(context).bundles().get(0);
    assertEquals("active", system.string("state", ""));
    assertEquals(
        List.of("beeper"),
        system.lists("types").stream().map(type -> type.string("type", "")).toList());
    assertEquals(List.of(), errors);
  }
}
