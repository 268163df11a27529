package svc.plugin.manager;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A manager with declarations of its own: a user's session, a test stack, a part of a machine. It
 * lives below the run directory of the manager above, {@code managers/NAME}, and listens there.
 */
@Component(name = "svc.plugin.manager")
public final class ManagerType implements ServiceType {

  private static final Key DECLARATIONS =
      Key.list(
          "manager",
          "declarations",
          Kind.PATH,
          "a directory with its declarations, seen from this one's; of a name the first one's"
              + " count");
  private static final Key TARGET =
      Key.of("manager", "target", Kind.NAME, "default", "what it brings up");

  /** It stops all of its own services in order, and each of them may take its time. */
  private static final Key STOP_TIMEOUT =
      Key.of(
          "service",
          "stop-timeout",
          Keys.STOP_TIMEOUT.kind(),
          "5m",
          "how long all of its services may take to end before everything is killed");

  private final String program;
  private final String managers;

  /** Where nothing is run: the paths are those of a system's manager. */
  public ManagerType() {
    this("", "/run/svc");
  }

  @Activate
  public ManagerType(BundleContext context) {
    this(context.getProperty("svc.home"), context.getProperty("svc.run"));
  }

  ManagerType(String home, String run) {
    program = home == null || home.isEmpty() ? "svc-manager" : home + "/bin/svc-manager";
    managers = (run == null ? "/run/svc" : run) + "/managers/";
  }

  @Override
  public String name() {
    return "manager";
  }

  @Override
  public List<Key> keys() {
    return List.of(DECLARATIONS, TARGET, STOP_TIMEOUT);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    if (declaration.has(DECLARATIONS)) return List.of();
    return List.of(
        declaration.problem(DECLARATIONS, "missing; a manager needs the directory to bring up"));
  }

  @Override
  public Procedure procedure(Declaration declaration) {
    String own = own(declaration);
    List<String> words = new ArrayList<>(List.of(program));
    for (String path : declaration.all(DECLARATIONS)) words.add(directory(declaration, path));
    words.addAll(List.of("--target", declaration.text(TARGET), "--socket", socket(declaration)));
    words.addAll(List.of("--run-dir", own + "/run", "--log-dir", own + "/log"));
    return Procedure.child(words).in(own);
  }

  @Override
  public String socket(Declaration declaration) {
    return own(declaration) + "/sock";
  }

  private String own(Declaration declaration) {
    return managers + declaration.name();
  }

  private static String directory(Declaration declaration, String path) {
    String file = declaration.file();
    return path.startsWith("/") ? path : file.substring(0, file.lastIndexOf('/') + 1) + path;
  }
}
