package svc.update;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.os.Kernel;

/** Puts the {@link Door} into the framework. */
@Component(
    name = "svc.update",
    service = {})
public final class UpdateComponent {

  private final Door door;
  private final ServiceRegistration<Responder> registration;

  @Activate
  public UpdateComponent(
      BundleContext context,
      @Reference Kernel kernel,
      @Reference(target = "(svc.replace=true)") Consumer<Callable<String>> replace,
      @Reference(target = "(svc.updater=true)")
          Function<Map<String, Object>, Map<String, Object>> updater) {
    String runtime = runtime(context.getProperty("svc.main"), context.getProperty("svc.name"));
    Whole whole = new Whole(kernel, context.getProperty("svc.run"), replace);
    NvList itself = itself(context, runtime, kernel.pid());
    door = new Door(itself, whole, updater, new Inventory(context)::bundles);
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(Responder.ROLE, "update");
    properties.put(
        Responder.SOCKET, context.getProperty("svc.run") + "/update/" + runtime + ".sock");
    registration = context.registerService(Responder.class, door, properties);
  }

  private static NvList itself(BundleContext context, String runtime, int pid) {
    return NvList.builder()
        .string("runtime", runtime)
        .string("version", context.getProperty("svc.version"))
        .string("began", context.getProperty("svc.began"))
        .string("java", System.getProperty("java.runtime.version", ""))
        .number("pid", pid)
        .build();
  }

  /** There are many supervisors, and one of all others in a run directory. */
  private static String runtime(String main, String name) {
    if (!"supervise".equals(main)) return main == null ? "manager" : main;
    return "supervise-" + (name == null ? "main" : name);
  }

  @Deactivate
  void deactivate() {
    door.close(); // first: what it has not answered is another's from now on
    registration.unregister();
  }
}
