package svc.swap;

import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;

/**
 * Init, manager, supervisor and services below one process, which is not process 1: so the init
 * touches nothing but what this process has started.
 */
@RunWith(PaxExam.class)
public class ContainerSwapIT extends Swaps {

  @Override
  String composition() {
    return "container";
  }

  @Override
  Map<String, String> properties() {
    return Map.of(
        "svc.main", "init",
        "svc.supervise", "local",
        "svc.init.kind", "PROCESS",
        "svc.init.evidence", "a test",
        "svc.init.mode", "NORMAL",
        "svc.init.manager", "true",
        "svc.init.within", "true",
        "svc.init.configuration", "/dev/null",
        "svc.init.quiet", "true");
  }

  @Test
  public void nobodyNoticesThatEveryBundleIsReplaced() throws Throwable {
    drill();
  }
}
