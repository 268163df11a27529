package svc.manager.logic;

import java.util.ArrayList;
import java.util.List;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Keys;
import svc.service.ServiceState;
import svc.service.Status;

/** What a manager says of itself, to whoever runs it and to people. One line each. */
public final class Report {

  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long MILLIS_PER_SECOND = 1_000L;

  private Report() {}

  /** As {@code default is reached; 5 up}. */
  public static String reached(String target, List<View> views) {
    long up = views.stream().filter(view -> is(view, ServiceState.UP)).count();
    return target + " is reached; " + up + " up";
  }

  /**
   * As {@code default is not reached: db failed: exit status 1}.
   *
   * @return empty when nothing failed: somebody stopped it
   */
  public static String missed(String target, List<View> views) {
    List<String> culprits = new ArrayList<>();
    for (View view : views) {
      if (!is(view, ServiceState.FAILED) && !is(view, ServiceState.NO_TYPE)) continue;
      Status status = view.status();
      String reason = status.reason().isEmpty() ? "" : ": " + status.reason();
      culprits.add(status.service() + " " + status.state() + reason);
    }
    return culprits.isEmpty() ? "" : target + " is not reached: " + String.join(", ", culprits);
  }

  /**
   * Whom a shutdown waits for, as {@code postgresql (12s of 90s), redis (3s of 10s)}.
   *
   * @param wallClock milliseconds since 1970
   * @return empty when no service is on its way down
   */
  public static String waiting(List<View> views, long wallClock) {
    List<String> names = new ArrayList<>();
    for (View view : views) if (is(view, ServiceState.STOPPING)) names.add(since(view, wallClock));
    return String.join(", ", names);
  }

  /** As {@code added web; changed db (next-start); 5 unchanged}. */
  public static String reloaded(Reload plan) {
    List<String> words = new ArrayList<>();
    for (Reload.Change change : plan.changes())
      words.add(change.kind() + " " + change.service() + " (" + change.effect() + ")");
    words.add(plan.unchanged() + " unchanged");
    return String.join("; ", words);
  }

  private static String since(View view, long wallClock) {
    long began = view.status().since();
    long seconds = began == 0 ? 0 : Math.max(0, wallClock - began) / MILLIS_PER_SECOND;
    return view.status().service() + " (" + seconds + "s" + limit(view.declaration()) + ")";
  }

  private static String limit(Declaration declaration) {
    long nanos = declaration.nanos(Keys.STOP_TIMEOUT);
    if (nanos == Durations.FOREVER) return "";
    return " of " + (nanos + NANOS_PER_SECOND - 1) / NANOS_PER_SECOND + "s";
  }

  private static boolean is(View view, ServiceState state) {
    return view.status().state() == state;
  }
}
