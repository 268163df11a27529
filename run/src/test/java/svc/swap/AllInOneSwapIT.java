package svc.swap;

import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;

/** Manager, supervisor and services below one process. */
@RunWith(PaxExam.class)
public class AllInOneSwapIT extends Swaps {

  @Override
  String composition() {
    return "all-in-one";
  }

  @Override
  Map<String, String> properties() {
    return Map.of("svc.main", "manager", "svc.supervise", "local");
  }

  @Test
  public void nobodyNoticesThatEveryBundleIsReplaced() throws Throwable {
    drill();
  }
}
