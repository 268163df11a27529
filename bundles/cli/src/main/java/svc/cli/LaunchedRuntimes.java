package svc.cli;

import java.nio.file.Path;
import java.util.Map;
import svc.launch.Launch;
import svc.launch.LaunchException;

/** The real ones: launch descriptors of the installed tree. */
final class LaunchedRuntimes implements Runtimes {

  @Override
  public Running start(Path home, String composition, Map<String, String> properties)
      throws Failure {
    try {
      return Launch.start(home, composition, properties)::await;
    } catch (LaunchException e) {
      throw Failure.failed(Text.line(e.getMessage()));
    }
  }
}
