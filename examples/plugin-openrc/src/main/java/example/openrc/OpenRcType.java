package example.openrc;

import java.util.List;
import org.osgi.service.component.annotations.Component;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A service that is started and stopped by an init script of OpenRC (openrc-run(8)). What the
 * script says about itself stands in the declaration, which {@link Import} makes from it: a type
 * reads no files.
 */
@Component(name = "example.plugin.openrc")
public final class OpenRcType implements ServiceType {

  private static final Key SCRIPT =
      Key.of("openrc", "script", Kind.PATH, "", "the init script; /etc/init.d/NAME if not given");
  private static final Key PID_FILE =
      Key.of(
          "openrc",
          "pid-file",
          Kind.PATH,
          "",
          "where its daemon's pid is written; without it the script leaves nothing to follow");

  @Override
  public String name() {
    return "openrc";
  }

  @Override
  public List<Key> keys() {
    return List.of(SCRIPT, PID_FILE);
  }

  @Override
  public List<Problem> check(Declaration declaration) {
    return List.of();
  }

  /**
   * OpenRC's own idea of what runs is set aside: svc starts what a service needs ({@code
   * --nodeps}), and a daemon that died is down, whatever OpenRC last heard ({@code zap}).
   */
  @Override
  public Procedure procedure(Declaration declaration) {
    String script =
        declaration.has(SCRIPT) ? declaration.text(SCRIPT) : "/etc/init.d/" + declaration.name();
    List<String> start = List.of(script, "--nodeps", "zap", "start");
    List<String> stop = List.of(script, "--nodeps", "stop");
    return declaration.has(PID_FILE)
        ? Procedure.pidFile(start, stop, declaration.text(PID_FILE))
        : Procedure.commands(start, stop);
  }
}
