package svc.manager;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import svc.ipc.Connector;
import svc.ipc.Responder;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.manager.logic.Target;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Signal;
import svc.service.Problem;
import svc.type.ServiceType;

/**
 * Puts {@link Manager} into the framework. It begins when the framework has started, since only
 * then every installed type is there to check declarations with.
 */
@Component(
    name = "svc.manager",
    service = {})
public final class ManagerComponent implements FrameworkListener {

  private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT, Signal.HUP);

  private final BundleContext context;
  private final Kernel kernel;
  private final Connector connector;
  private final IntConsumer exit;
  private final Map<String, ServiceType> types = new ConcurrentHashMap<>();
  private final Map<Responder, String> local = new ConcurrentHashMap<>();

  private Manager manager;
  private Kernel.Attachment attachment;
  private ServiceRegistration<Responder> registration;

  @Activate
  public ManagerComponent(
      BundleContext context,
      @Reference Kernel kernel,
      @Reference Connector connector,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit) {
    this.context = context;
    this.kernel = kernel;
    this.connector = connector;
    this.exit = exit == null ? status -> {} : exit;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindType(ServiceType type) {
    types.put(type.name(), type);
  }

  void unbindType(ServiceType type) {
    types.remove(type.name(), type);
  }

  @Reference(
      target = "(svc.role=supervise)",
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindSupervise(Responder responder, Map<String, Object> properties) {
    String name = (String) properties.get(Responder.NAME);
    local.put(responder, name);
    kernel.execute(() -> withManager(() -> manager.supervisorArrived(name, responder)));
  }

  void unbindSupervise(Responder responder) {
    String name = local.remove(responder);
    kernel.execute(() -> withManager(() -> manager.supervisorLeft(name, responder)));
  }

  private void withManager(Runnable task) {
    if (manager != null) task.run();
  }

  @Activate
  void activate() {
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    if (framework.getState() == Bundle.ACTIVE) kernel.execute(this::begin);
    else context.addFrameworkListener(this);
  }

  @Override
  public void frameworkEvent(FrameworkEvent event) {
    if (event.getType() == FrameworkEvent.STARTED) kernel.execute(this::begin);
  }

  /** On the loop thread. */
  private void begin() {
    Path directory = Path.of(context.getProperty("svc.declarations"));
    String target = context.getProperty("svc.target");
    try {
      Configuration configuration =
          Target.ensure(
              Configuration.of(DeclarationDirectory.read(directory), types::get),
              target,
              directory.toString());
      if (configuration.problems().isEmpty()) run(configuration, target, directory);
      else refuse(configuration.problems());
    } catch (IOException e) {
      System.err.println("svc-manager: cannot read declarations: " + e);
      exit.accept(1);
    }
  }

  private void refuse(List<Problem> problems) {
    problems.forEach(System.err::println);
    System.err.println("svc-manager: nothing started; mend what is named above");
    exit.accept(1);
  }

  private void run(Configuration configuration, String target, Path directory) {
    Errno errno = kernel.becomeSubreaper();
    if (!errno.ok()) System.err.println("svc-manager: cannot become a subreaper: " + errno);
    boolean within = "local".equals(context.getProperty("svc.supervise"));
    manager =
        new Manager(
            kernel,
            connector,
            Graph.of(configuration.declarations().values()),
            target,
            directory.toString(),
            place(),
            within ? Set.of("main") : Set.of(),
            exit);
    local.forEach((responder, name) -> manager.supervisorArrived(name, responder));
    attachment = kernel.attach(manager, SIGNALS);
    manager.begin();
    registration = context.registerService(Responder.class, manager, properties());
  }

  private Manager.Place place() {
    List<String> environment = new ArrayList<>();
    System.getenv().forEach((name, value) -> environment.add(name + "=" + value));
    return new Manager.Place(
        List.of(context.getProperty("svc.home") + "/bin/svc-supervise"),
        context.getProperty("svc.run"),
        context.getProperty("svc.log"),
        environment);
  }

  private Dictionary<String, Object> properties() {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(Responder.ROLE, "manager");
    properties.put(Responder.SOCKET, context.getProperty("svc.socket"));
    return properties;
  }

  @Deactivate
  void deactivate() {
    context.removeFrameworkListener(this);
    kernel.execute(
        () -> {
          if (registration != null) registration.unregister();
          if (attachment != null) attachment.detach();
        });
  }
}
