package svc.swap;

import java.util.Map;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;

/** A supervisor alone, spoken to as its manager speaks to it. */
@RunWith(PaxExam.class)
public class SuperviseSwapIT extends Swaps {

  @Override
  String composition() {
    return "supervise";
  }

  @Override
  Map<String, String> properties() {
    return Map.of("svc.main", "supervise");
  }

  @Test
  public void nobodyNoticesThatEveryBundleIsReplaced() throws Throwable {
    drill();
  }
}
