package svc.init;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import svc.init.logic.BootLine;
import svc.init.logic.Lifecycle;
import svc.init.logic.Surroundings;
import svc.init.logic.Workload;
import svc.os.ExactText;
import svc.os.Kernel;
import svc.os.Machine;
import svc.os.Notifier;
import svc.os.Signal;
import svc.os.Stack;

/** Puts {@link Init} into the framework. */
@Component(name = "svc.init", service = Notifier.class, immediate = true)
public final class InitComponent implements Notifier {

  /** Those that a program cannot have blocked or that are about itself, and SIGCHLD (signal(7)). */
  private static final List<Integer> NOBODYS = List.of(4, 5, 6, 7, 8, 9, 11, 17, 19, 31);

  /** The launcher's word to HotSpot. */
  private static final String LAUNCHERS = "_JAVA_SR_SIGNUM=";

  private static final String NOTIFY = "NOTIFY_SOCKET=";

  private static final int ENVIRON_LIMIT = 4 << 20;

  private final Kernel kernel;
  private final Properties properties;
  private final Machine machine;
  private final IntConsumer exit;
  private final Consumer<Callable<String>> replace;
  private Kernel.Seat seat;

  // On the loop

  /** Null while another version of us works. */
  private Init init;

  private Kernel.Attachment attachment;
  private Stack stack;

  /** What a manager said meanwhile. */
  private final List<String> early = new ArrayList<>();

  @Activate
  public InitComponent(
      BundleContext context,
      @Reference Kernel kernel,
      @Reference Machine machine,
      @Reference(target = "(svc.exit=true)", cardinality = ReferenceCardinality.OPTIONAL)
          IntConsumer exit,
      @Reference(target = "(svc.replace=true)", cardinality = ReferenceCardinality.OPTIONAL)
          Consumer<Callable<String>> replace) {
    this.kernel = kernel;
    this.properties = new Properties(context);
    this.machine = machine;
    this.exit = exit == null ? status -> {} : exit;
    this.replace = replace == null ? task -> {} : replace;
  }

  /** It takes over as soon as nobody else works. */
  @Activate
  void activate() {
    seat = kernel.seat("svc.init", this::begin);
  }

  private void begin() {
    init =
        new Init(
            kernel,
            machine,
            properties.surroundings(kernel.pid()),
            properties.plan(),
            properties.place(environment()),
            new Console(System.err, kernel),
            properties.is("quiet"),
            exit,
            replace);
    init.stack(stack);
    kernel.keepExits(properties.text("svc.run") + "/exits", true);
    attachment = kernel.attach(init, signals());
    init.begin();
    early.forEach(init::notified);
    early.clear();
  }

  @Deactivate
  void deactivate() {
    seat.leave(
        () -> {
          attachment.detach();
          init.leave();
        });
  }

  @Override
  public void notify(String state) {
    kernel.execute(
        () -> {
          if (init == null) early.add(state);
          else init.notified(state);
        });
  }

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  void bindStack(Stack stack) {
    kernel.execute(() -> withStack(stack));
  }

  void unbindStack(Stack left) {
    kernel.execute(
        () -> {
          if (stack == left) withStack(null);
        });
  }

  private void withStack(Stack next) {
    stack = next;
    if (init != null) init.stack(next);
  }

  /** Every signal that can be taken: 32 and 33 are glibc's own. */
  private static List<Signal> signals() {
    return IntStream.concat(IntStream.range(1, 32), IntStream.rangeClosed(34, 64))
        .filter(number -> !NOBODYS.contains(number))
        .mapToObj(Signal::new)
        .toList();
  }

  /**
   * As it was given: Java's own view of it depends on the locale, and there is none in a container.
   */
  private List<String> environment() {
    byte[] bytes = kernel.read("/proc/self/environ", ENVIRON_LIMIT).bytes();
    return Stream.of(ExactText.of(bytes).split("\0"))
        .filter(entry -> !entry.isEmpty() && !entry.startsWith(LAUNCHERS))
        .toList();
  }

  /**
   * What svc-init was told, as properties of the framework: {@code svc.init.*}, beside those that
   * every composition has.
   */
  private record Properties(BundleContext context) {

    String text(String name) {
      String value = context.getProperty(name);
      return value == null ? "" : value;
    }

    String own(String name) {
      return text("svc.init." + name);
    }

    boolean is(String name) {
      return own(name).equals("true");
    }

    Surroundings surroundings(int pid) {
      return new Surroundings(Surroundings.Kind.valueOf(own("kind")), pid, own("evidence"));
    }

    Lifecycle.Plan plan() {
      return new Lifecycle.Plan(
          BootLine.Mode.valueOf(own("mode")),
          text("svc.target"),
          is("manager"),
          is("within"),
          workload());
    }

    Workload workload() {
      if (own("workload").isEmpty()) return Workload.NONE;
      Map<Integer, Integer> rewrites = new HashMap<>();
      for (String rewrite : own("rewrites").split(" ")) {
        Map.Entry<Integer, Integer> read = Workload.rewrite(rewrite);
        if (read != null) rewrites.put(read.getKey(), read.getValue());
      }
      List<String> words = Arrays.asList(own("workload").split("\0", -1));
      return new Workload(words, is("group"), rewrites);
    }

    /** Whoever runs the container hears of a manager from us, and of a workload from itself. */
    Init.Place place(List<String> environment) {
      boolean managed = is("manager");
      List<String> handedOn =
          environment.stream().filter(entry -> !managed || !entry.startsWith(NOTIFY)).toList();
      String host =
          environment.stream()
              .filter(entry -> managed && entry.startsWith(NOTIFY))
              .map(entry -> entry.substring(NOTIFY.length()))
              .findFirst()
              .orElse("");
      String bin = text("svc.home") + "/bin/";
      return new Init.Place(
          text("svc.home"),
          text("svc.run"),
          text("svc.version") + " " + text("svc.began"),
          manager(bin),
          bin + "svc",
          text("svc.socket"),
          handedOn,
          text("svc.run") + "/init.notify",
          host,
          own("configuration"),
          own("grace").isEmpty() ? -1 : Long.parseLong(own("grace")),
          workload());
    }

    private List<String> manager(String bin) {
      List<String> words = new ArrayList<>(List.of(bin + "svc-manager"));
      words.addAll(List.of(text("svc.declarations").split("\0")));
      words.addAll(List.of("--socket", text("svc.socket"), "--run-dir", text("svc.run")));
      words.addAll(List.of("--log-dir", text("svc.log"), "--plugins", own("plugins")));
      if (!own("truststore").isEmpty())
        words.addAll(List.of("--plugin-truststore", own("truststore")));
      return words;
    }
  }
}
