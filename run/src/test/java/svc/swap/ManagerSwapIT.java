package svc.swap;

import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;

/** A manager whose supervisor is a process of its own. */
@RunWith(PaxExam.class)
public class ManagerSwapIT extends Swaps {

  @Override
  String composition() {
    return "manager";
  }

  @Override
  Map<String, String> properties() {
    return Map.of("svc.main", "manager", "svc.supervise", "process");
  }

  @Test
  public void nobodyNoticesThatEveryBundleIsReplaced() throws Throwable {
    drill();
  }
}
