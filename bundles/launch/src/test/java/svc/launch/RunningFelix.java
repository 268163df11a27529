package svc.launch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** A framework with Declarative Services. */
final class RunningFelix {

  private static final List<String> COMPONENT_RUNTIME =
      List.of(
          "org.osgi.util.function-",
          "org.osgi.util.promise-",
          "org.osgi.service.component-",
          "org.apache.felix.scr-");

  private final Framework framework;

  RunningFelix(Path cache) throws BundleException {
    Map<String, String> properties = new HashMap<>();
    properties.put(Constants.FRAMEWORK_STORAGE, cache.toString());
    properties.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
    properties.put("felix.bootdelegation.implicit", "false");
    properties.put("felix.cache.locking", "false");
    framework = new FrameworkFactory().newFramework(properties);
    framework.start();
    for (String jar : COMPONENT_RUNTIME) install(onClassPath(jar));
  }

  private static Path onClassPath(String name) {
    for (String entry : System.getProperty("java.class.path").split(":")) {
      if (Path.of(entry).getFileName().toString().startsWith(name)) return Path.of(entry);
    }
    throw new AssertionError(name + " is not on the class path");
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  /** Installs and starts. */
  Bundle install(Path jar) throws BundleException {
    Bundle bundle = context().installBundle("reference:" + jar.toUri());
    bundle.start();
    return bundle;
  }

  void close() throws Exception {
    framework.stop();
    framework.waitForStop(10_000);
  }
}
