package svc.swap;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;
import static org.ops4j.pax.exam.CoreOptions.systemPackages;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import javax.inject.Inject;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import svc.launch.Updater;

/**
 * A composition of which every bundle is replaced again and again, in random order, while its
 * services run and clients ask for their status and restart some: nobody notices. A seed gives the
 * order; {@code -Dsvc.seed=N} takes another, {@code -Dsvc.swaps=N} makes another number of rounds.
 */
public abstract class Swaps {

  @Inject private BundleContext context;

  /** The launch descriptor. */
  abstract String composition();

  /** What the composition is told beside. */
  abstract Map<String, String> properties();

  /** Pax Exam runs this outside of the framework. */
  @Configuration
  public Option[] configuration() throws IOException {
    Path directory = Files.createTempDirectory("svc-swap-");
    List<Option> options = new ArrayList<>();
    for (String name : bundles(composition()))
      options.add(bundle("reference:" + Drill.jar(name).toUri()));
    Map<String, String> properties = new TreeMap<>(properties());
    properties.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
    properties.put("svc.home", Path.of("target/dist").toAbsolutePath().toString());
    properties.put("svc.run", directory.resolve("run").toString());
    properties.put("svc.log", directory.resolve("log").toString());
    properties.put("svc.socket", directory.resolve("sock").toString());
    properties.put("svc.declarations", declarations(directory).toString());
    properties.put("svc.target", "default");
    properties.put("svc.name", "main");
    properties.forEach((name, value) -> options.add(frameworkProperty(name).value(value)));
    return options(
        junitBundles(),
        systemPackages("svc.launch", "svc.launch.logic"),
        composite(options.toArray(Option[]::new)));
  }

  private static Path declarations(Path directory) throws IOException {
    Path declarations = Files.createDirectory(directory.resolve("declarations"));
    for (String name : Drill.names()) {
      Files.writeString(
          declarations.resolve(name + ".ini"), "[service]\ntype = daemon\nexec = sleep 10000\n");
    }
    Files.writeString(
        declarations.resolve("default.ini"),
        "[service]\ntype = target\n[depend]\nrequires = " + String.join(" ", Drill.names()) + "\n");
    return declarations;
  }

  /** The names in the lock, {@code -runbundles}. */
  private static List<String> bundles(String composition) throws IOException {
    Properties descriptor = new Properties();
    try (Reader text = Files.newBufferedReader(Path.of(composition + ".bndrun"))) {
      descriptor.load(text);
    }
    List<String> names = new ArrayList<>();
    for (String entry : descriptor.getProperty("-runbundles").split(",(?=[a-z])")) {
      names.add(entry.strip().split(";")[0]);
    }
    return names;
  }

  /**
   * The drill is of the class path, and so are the messages that it speaks: whatever is refreshed
   * here, it is not. Each composition has its own test method, since Pax Exam takes an inherited
   * one for the same test in all of them.
   */
  final void drill() throws Throwable {
    ClassLoader outside = Updater.class.getClassLoader();
    try {
      outside
          .loadClass("svc.swap.Drill")
          .getMethod("run", BundleContext.class, String.class)
          .invoke(null, context.getBundle(0).getBundleContext(), composition());
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
