package svc.supervise;

import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import svc.ipc.Responder;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.LogKeeper;
import svc.service.Mark;
import svc.supervise.logic.ChildSetup;
import svc.type.ServiceType;

/**
 * Puts {@link Supervise} into the framework. Types come and go on any thread and are told to it on
 * the loop.
 */
@Component(
    name = "svc.supervise",
    service = {})
public final class SuperviseComponent {

  private static final List<Signal> SIGNALS = List.of(Signal.TERM, Signal.INT, Signal.HUP);

  private final BundleContext context;
  private final Kernel kernel;
  private final Supervise supervise;
  private final boolean alone;
  private final String run;
  private final String name;

  /** Null where a manager says what runs. */
  private final Standalone standalone;

  private Kernel.Seat seat;
  private Kernel.Attachment attachment;
  private ServiceRegistration<Responder> registration;

  @Activate
  public SuperviseComponent(
      BundleContext context,
      @Reference Kernel kernel,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit) {
    this.context = context;
    this.kernel = kernel;
    run = context.getProperty("svc.run");
    name = context.getProperty("svc.name") == null ? "main" : context.getProperty("svc.name");
    alone = "supervise".equals(context.getProperty("svc.main"));
    ChildSetup setup =
        new ChildSetup(
            Mark.of(System.getenv(), run),
            name,
            environment(),
            run,
            context.getProperty("svc.log"));
    IntConsumer ending = alone && exit != null ? exit : status -> {};
    supervise =
        new Supervise(
            kernel, setup, run + "/status/" + name, run + "/exits", run + "/notices", ending);
    standalone = standalone(ending);
    Errno errno = supervise.prepare();
    if (!errno.ok())
      throw new IllegalStateException("cannot supervise with run directory " + run + ": " + errno);
  }

  /**
   * What the command was told when it was given a program, see {@code svc.cli.SuperviseCommand}.
   */
  private Standalone standalone(IntConsumer exit) {
    String told = context.getProperty("svc.alone");
    if (told == null) return null;
    Declaration declaration =
        Standalone.declaration(
            context.getProperty("svc.alone.name"), context.getProperty("svc.alone.file"), told);
    int descriptor = Integer.parseInt(context.getProperty("svc.alone.descriptor"));
    long began = Long.parseLong(context.getProperty("svc.began"));
    return new Standalone(kernel, supervise, declaration, descriptor, began, exit);
  }

  /** When every type that is there has been bound: it takes over as soon as nobody else works. */
  @Activate
  void activate() {
    seat = kernel.seat("svc.supervise/" + name, this::begin);
  }

  private void begin() {
    attachment = kernel.attach(supervise, alone ? SIGNALS : List.of());
    supervise.begin(this::begun);
  }

  private void begun() {
    registration = context.registerService(Responder.class, supervise, properties(run, name));
    if (standalone != null) standalone.begin();
  }

  private static Dictionary<String, Object> properties(String run, String name) {
    Dictionary<String, Object> properties = new Hashtable<>();
    properties.put(Responder.ROLE, "supervise");
    properties.put(Responder.NAME, name);
    properties.put(Responder.SOCKET, run + "/supervise/" + name + ".sock");
    return properties;
  }

  private static List<String> environment() {
    List<String> entries = new ArrayList<>();
    for (Map.Entry<String, String> entry : System.getenv().entrySet()) {
      if (isForServices(entry.getKey())) entries.add(entry.getKey() + "=" + entry.getValue());
    }
    return entries;
  }

  /** What tells us who and where we are is not for them, nor whom our manager tells how it is. */
  private static boolean isForServices(String variable) {
    return !variable.startsWith("SVC_")
        && !variable.startsWith("WATCHDOG_")
        && !variable.startsWith("LISTEN_")
        && !variable.equals("NOTIFY_SOCKET");
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindType(ServiceType type) {
    kernel.execute(() -> supervise.typeArrived(type));
  }

  void unbindType(ServiceType type) {
    kernel.execute(() -> supervise.typeLeft(type));
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindLogs(LogKeeper keeper) {
    kernel.execute(() -> supervise.keeperArrived(keeper));
  }

  void unbindLogs(LogKeeper keeper) {
    kernel.execute(() -> supervise.keeperLeft(keeper));
  }

  @Deactivate
  void deactivate() {
    seat.leave(
        () -> {
          if (registration != null) registration.unregister();
          attachment.detach();
          supervise.leave();
        });
  }
}
