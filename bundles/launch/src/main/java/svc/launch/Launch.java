package svc.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/**
 * A composition that runs in this process.
 *
 * <p>Its bundles end it through a service: an {@link IntConsumer} with the property {@code
 * svc.exit=true} takes the exit status. What one has to outlive it goes into a second service, a
 * {@link ConcurrentMap} from texts to objects with the property {@code svc.stash=true}: objects of
 * the JDK's classes only, since any other would keep its bundle's class loader alive. Any thread
 * may use both.
 */
public final class Launch {

  /** Bundles stop in milliseconds; one that does not is not waited for. */
  private static final long STOP_MILLIS = 10_000;

  /** sysexits(3). */
  private static final int EX_OSERR = 71;

  private static final String STASH = "svc.stash";
  private static final String UPDATER = "svc.updater";

  private static final String DEADLINE = "svc.update.deadline";
  private static final long UPDATE_NANOS = 10_000_000_000L;

  private static final String PLUGINS = "svc.plugins";
  private static final String TRUST_STORE = "svc.plugins.truststore";

  private final Framework framework;
  private PluginDirectory plugins;
  private final Path cache;
  private final Path served;
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();

  /**
   * How it is to end.
   *
   * @param successor what executes another program in our place, or null
   */
  private record Ending(int status, Callable<String> successor) {}

  /**
   * @param served the run directory whose manager's clients are served here, or null
   */
  private Launch(Framework framework, Path cache, Path served) {
    this.framework = framework;
    this.cache = cache;
    this.served = served;
  }

  /**
   * Starts what {@code etc/DESCRIPTOR.bndrun} names; every bundle is active when this returns.
   *
   * @param home the installed tree
   * @param properties for the framework; they prevail over the descriptor's
   */
  public static Launch start(Path home, String descriptor, Map<String, String> properties)
      throws LaunchException {
    Descriptor read = Descriptor.read(home, descriptor);
    try {
      Path cache = Files.createTempDirectory("svc-" + descriptor + "-");
      boolean serves = properties.containsKey("svc.socket") && !descriptor.equals("init");
      Path served = serves ? Path.of(properties.get("svc.run")) : null;
      Launch launch = new Launch(framework(read, cache, properties), cache, served);
      launch.begin(read.bundles(), new InstalledBundles(home, descriptor, read.wanted()));
      return launch;
    } catch (IOException e) {
      throw new LaunchException("no place for the bundle cache: " + e, e);
    }
  }

  private static Framework framework(
      Descriptor descriptor, Path cache, Map<String, String> properties) {
    Map<String, String> configuration = new HashMap<>();
    configuration.put(Constants.FRAMEWORK_STORAGE, cache.toString());
    configuration.put("felix.cache.locking", "false"); // nobody else knows this directory
    configuration.put("felix.bootdelegation.implicit", "false");
    configuration.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
    configuration.put("svc.version", version());
    configuration.put("svc.began", String.valueOf(System.currentTimeMillis()));
    configuration.putAll(descriptor.properties());
    configuration.putAll(properties);
    return new FrameworkFactory().newFramework(configuration);
  }

  private static String version() {
    String version = Launch.class.getPackage().getImplementationVersion();
    return version == null ? "" : version;
  }

  private void begin(List<Path> files, Keeper keeper) throws LaunchException {
    List<Throwable> errors = new ArrayList<>();
    try {
      framework.init();
      BundleContext context = framework.getBundleContext();
      FrameworkListener listener = event -> note(event, errors);
      context.addFrameworkListener(listener);
      IntConsumer exit = status -> ending.complete(new Ending(status, null));
      offer(context, IntConsumer.class, exit, "svc.exit");
      Consumer<Callable<String>> replace = next -> ending.complete(new Ending(0, next));
      offer(context, Consumer.class, replace, "svc.replace");
      offer(context, ConcurrentMap.class, new ConcurrentHashMap<>(), STASH);
      Keeper both = (old, name, version, jar) -> keep(keeper, old, name, version, jar);
      Updater updater = new Updater(context, both, deadline(context));
      offer(context, Function.class, new UpdateService(updater), UPDATER);
      List<Bundle> bundles = new ArrayList<>();
      for (Path file : files) {
        bundles.add(context.installBundle("reference:" + file.toUri().toURL()));
      }
      for (Bundle bundle : bundles) if (!isFragment(bundle)) bundle.start();
      plugins = plugins(context, updater);
      if (plugins != null) context.addBundleListener(afterwards(bundles, plugins::begin));
      framework.start();
      context.removeFrameworkListener(listener);
      if (!errors.isEmpty()) throw new LaunchException(text(errors.get(0)), errors.get(0));
    } catch (BundleException | IOException e) {
      end();
      throw new LaunchException(text(e), e);
    } catch (LaunchException e) {
      end();
      throw e;
    }
  }

  private static PluginDirectory plugins(BundleContext context, Updater updater)
      throws IOException {
    String directory = context.getProperty(PLUGINS);
    if (directory == null) return null;
    String store = context.getProperty(TRUST_STORE);
    String password = context.getProperty(TRUST_STORE + ".password");
    Trust trust = Trust.of(store == null ? null : Path.of(store), password);
    return new PluginDirectory(
        Path.of(directory), trust, updater, line -> System.err.println("svc: " + line));
  }

  /**
   * Runs something when the last of these has been started, and before the framework says that it
   * has: a manager that begins then finds the plugins' types too.
   */
  private static SynchronousBundleListener afterwards(List<Bundle> bundles, Runnable task) {
    AtomicBoolean done = new AtomicBoolean();
    Bundle last = bundles.get(bundles.size() - 1);
    return event -> {
      boolean started = event.getType() == BundleEvent.STARTED && event.getBundle().equals(last);
      if (started && done.compareAndSet(false, true)) task.run();
    };
  }

  private String keep(Keeper home, String old, String name, String version, Path jar)
      throws IOException {
    if (plugins != null && plugins.keep(name, jar)) return "";
    return home.keep(old, name, version, jar);
  }

  private static <S> void offer(BundleContext context, Class<S> type, S service, String property) {
    context.registerService(type, service, new Hashtable<>(Map.of(property, true)));
  }

  /** Nanoseconds that any one call of a bundle's code may take when it is updated. */
  private static long deadline(BundleContext context) {
    String text = context.getProperty(DEADLINE);
    if (text == null) return UPDATE_NANOS;
    Matcher duration = Pattern.compile("([0-9]{1,6})(ms|s)").matcher(text);
    if (!duration.matches())
      throw new IllegalArgumentException(DEADLINE + ": expected 500ms or 10s, found " + text);
    long unit = duration.group(2).equals("s") ? 1_000_000_000 : 1_000_000;
    return Long.parseLong(duration.group(1)) * unit;
  }

  private static void note(FrameworkEvent event, List<Throwable> errors) {
    if (event.getType() == FrameworkEvent.ERROR) errors.add(event.getThrowable());
  }

  private static boolean isFragment(Bundle bundle) {
    return bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
  }

  /** The innermost reason: what wraps it says only that a bundle did not start. */
  private static String text(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) cause = cause.getCause();
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return "cannot start: " + text.lines().findFirst().orElse("");
  }

  /**
   * Waits until a bundle ends the composition, and stops it; does not return where that has the
   * process replaced.
   *
   * @return the exit status
   */
  public int await() throws InterruptedException {
    Ending how = null;
    try {
      how = ending.get();
    } catch (ExecutionException impossible) {
      throw new AssertionError(impossible);
    } finally {
      if (how != null && how.successor != null && served != null) Replacing.mark(served);
      end();
    }
    return how.successor == null ? how.status : replace(how.successor);
  }

  /** Whoever started us starts another, as after any crash. */
  private static int replace(Callable<String> successor) {
    try {
      System.err.println("svc: cannot be executed anew: " + successor.call());
    } catch (Exception | LinkageError e) {
      System.err.println("svc: cannot be executed anew: " + e);
    }
    return EX_OSERR;
  }

  private void end() {
    if (plugins != null) plugins.close();
    try {
      framework.stop();
      framework.waitForStop(STOP_MILLIS);
    } catch (BundleException | InterruptedException e) {
      System.err.println("svc: the framework does not stop: " + e.getMessage());
    }
    try (Stream<Path> files = Files.walk(cache)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
    } catch (IOException e) {
      System.err.println("svc: " + cache + " stays: " + e.getMessage());
    }
  }
}
