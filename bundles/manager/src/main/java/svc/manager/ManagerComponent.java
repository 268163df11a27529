package svc.manager;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
import org.osgi.service.component.annotations.ReferencePolicyOption;
import svc.ipc.Connector;
import svc.ipc.Responder;
import svc.manager.logic.Configuration;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Notifier;
import svc.os.Signal;
import svc.os.Stack;
import svc.service.Kind;
import svc.service.Mark;
import svc.service.Problem;
import svc.type.InstalledTypes;
import svc.type.ServiceType;

/**
 * Puts {@link Manager} into the framework. It begins when the framework has started, since only
 * then every installed type is there to check declarations with.
 */
@Component(
    name = "svc.manager",
    service = {})
public final class ManagerComponent implements FrameworkListener {

  /** Whom we tell how we are; those below us have nothing to say there. */
  private static final String NOTIFY_SOCKET = "NOTIFY_SOCKET";

  private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT, Signal.HUP);

  private final BundleContext context;
  private final Kernel kernel;
  private final Notifier datagrams;
  private final IntConsumer exit;

  /** Somebody else's process, who hears how we are and decides when it ends: an init. */
  private final boolean guest;

  private final InstalledTypes types = new InstalledTypes();
  private final Map<Responder, String> local = new ConcurrentHashMap<>();

  private Kernel.Seat seat;
  private boolean seated;
  private boolean begun;
  private Manager manager;
  private Kernel.Attachment attachment;
  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

  @Activate
  public ManagerComponent(
      BundleContext context,
      @Reference Kernel kernel,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit) {
    this.context = context;
    this.kernel = kernel;
    this.guest = "init".equals(context.getProperty("svc.main"));
    this.exit = exit == null || guest ? status -> {} : exit;
    this.datagrams = byDatagram(kernel);
  }

  /** To whoever started our process and asked for it, as sd_notify(3) does. */
  private static Notifier byDatagram(Kernel kernel) {
    String socket = System.getenv(NOTIFY_SOCKET);
    if (socket == null || socket.isEmpty()) return state -> {};
    return state -> {
      Errno errno = kernel.notify(socket, state);
      if (!errno.ok()) System.err.println("svc-manager: cannot notify " + socket + ": " + errno);
    };
  }

  /** An init of this process; another version may take its place while we work. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  private volatile Notifier within;

  private void notify(String state) {
    Notifier init = within;
    (init == null ? datagrams : init).notify(state);
  }

  /** Another version may take its place while we work. */
  @Reference(policy = ReferencePolicy.DYNAMIC)
  private volatile Connector connector;

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindType(ServiceType type) {
    types.arrived(type);
  }

  void unbindType(ServiceType type) {
    types.left(type);
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

  /** It takes over as soon as nobody else works. */
  @Activate
  void activate() {
    context.addFrameworkListener(this);
    seat = kernel.seat("svc.manager", this::seated);
  }

  private void seated() {
    seated = true;
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    if (framework.getState() == Bundle.ACTIVE) begin();
  }

  @Override
  public void frameworkEvent(FrameworkEvent event) {
    if (event.getType() != FrameworkEvent.STARTED) return;
    kernel.execute(
        () -> {
          if (seated) begin();
        });
  }

  /** On the loop thread. */
  private void begin() {
    if (begun) return;
    begun = true;
    String target = context.getProperty("svc.target");
    Intake intake = intake();
    Configuration configuration = intake.begin(target);
    if (configuration.problems().isEmpty()) run(intake, configuration);
    else if (!ending()) refuse(configuration.problems());
    else run(intake, intake.none(target)); // what still lives goes down, declared or not
  }

  private Intake intake() {
    List<String> directories = List.of(context.getProperty("svc.declarations").split("\0"));
    List<Path> paths = directories.stream().map(Path::of).toList();
    return new Intake(
        kernel,
        context.getProperty("svc.run"),
        directories,
        () -> DeclarationDirectory.readAll(paths),
        types::get);
  }

  private boolean ending() {
    return Boolean.parseBoolean(context.getProperty("svc.ending"));
  }

  private void refuse(List<Problem> problems) {
    problems.forEach(System.err::println);
    System.err.println("svc-manager: nothing started; mend what is named above");
    String first = problems.get(0).toString().replace('\n', ' ');
    notify("X_SVC_TARGET=failed\nSTATUS=" + first);
    exit.accept(1);
  }

  private void run(Intake intake, Configuration configuration) {
    Errno errno = kernel.becomeSubreaper();
    if (!errno.ok()) System.err.println("svc-manager: cannot become a subreaper: " + errno);
    boolean within = "local".equals(context.getProperty("svc.supervise"));
    manager =
        new Manager(
            kernel,
            (path, responder) -> connector.connect(path, responder),
            intake,
            configuration,
            context.getProperty("svc.target"),
            place(),
            within ? Set.of("main") : Set.of(),
            types::get,
            new LocalWorld(System.getenv()),
            this::notify,
            exit);
    local.forEach((responder, name) -> manager.supervisorArrived(name, responder));
    attachment = kernel.attach(manager, guest ? List.of() : SIGNALS);
    Stack stack = () -> kernel.execute(manager::shutdown);
    registrations.add(context.registerService(Stack.class, stack, null));
    Manager.Purpose purpose = ending() ? Manager.Purpose.ENDING : Manager.Purpose.TARGET;
    manager.begin(purpose, supervisorsOnDisk(), this::begun);
  }

  private void begun() {
    registrations.add(context.registerService(Responder.class, manager, properties()));
  }

  /** Those whose sockets are there, whether they live or not. */
  private Set<String> supervisorsOnDisk() {
    Set<String> names = new TreeSet<>();
    Path sockets = Path.of(context.getProperty("svc.run"), "supervise");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(sockets, "*.sock")) {
      for (Path socket : found) names.add(socket.getFileName().toString().replace(".sock", ""));
    } catch (IOException none) {
      // a fresh run directory has no such folder
    }
    names.removeIf(name -> !Kind.isName(name));
    return names;
  }

  private Manager.Place place() {
    List<String> environment = new ArrayList<>();
    System.getenv()
        .forEach(
            (name, value) -> {
              if (!name.equals(NOTIFY_SOCKET)) environment.add(name + "=" + value);
            });
    return new Manager.Place(
        supervise(),
        context.getProperty("svc.run"),
        context.getProperty("svc.log"),
        environment,
        Mark.of(System.getenv(), context.getProperty("svc.run")));
  }

  /** It finds the same types as we do. */
  private List<String> supervise() {
    List<String> words =
        new ArrayList<>(List.of(context.getProperty("svc.home") + "/bin/svc-supervise"));
    handOn(words, "--plugins", "svc.plugins");
    handOn(words, "--plugin-truststore", "svc.plugins.truststore");
    return words;
  }

  private void handOn(List<String> words, String option, String property) {
    String value = context.getProperty(property);
    if (value != null) words.addAll(List.of(option, value));
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
    seat.leave(this::leave);
  }

  private void leave() {
    registrations.forEach(ServiceRegistration::unregister);
    if (attachment != null) attachment.detach();
    if (manager != null) manager.leave();
  }
}
