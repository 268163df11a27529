package svc.launch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import svc.launch.logic.Outcome;
import svc.launch.logic.Plan;

/**
 * The {@link Updater} for bundles, which cannot be linked to it: an OSGi service of the JDK's types
 * with the property {@code svc.updater=true}. Takes and gives maps of texts, lists of texts and
 * booleans.
 *
 * <p>{@code method=plan} takes {@code jar}, an absolute path, and gives {@code jar bundle from to
 * action reason}, texts, and {@code refreshed restarted}, lists: see {@link Plan}.
 *
 * <p>{@code method=update} takes {@code jar} and gives the same and {@code ok}, a boolean, {@code
 * step reason previous}, texts, {@code happened notes}, lists: see {@link Outcome}. It works in a
 * thread of ours, so whoever asked may be replaced meanwhile; a request with the same {@code id}
 * hears the same answer.
 *
 * <p>Any thread; waits until it is done.
 */
final class UpdateService implements Function<Map<String, Object>, Map<String, Object>> {

  /** How many answers are kept for those that ask again. */
  private static final int ANSWERS = 64;

  private final Updater updater;
  private final Map<String, FutureTask<Map<String, Object>>> answers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(
            Map.Entry<String, FutureTask<Map<String, Object>>> eldest) {
          return size() > ANSWERS;
        }
      };

  UpdateService(Updater updater) {
    this.updater = updater;
  }

  @Override
  public Map<String, Object> apply(Map<String, Object> request) {
    Path jar = Path.of((String) request.get("jar"));
    return switch ((String) request.get("method")) {
      case "plan" -> words(updater.plan(jar));
      case "update" -> update((String) request.get("id"), jar);
      default -> throw new IllegalArgumentException(request.toString());
    };
  }

  private Map<String, Object> update(String id, Path jar) {
    try {
      return answer(id, jar).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private synchronized FutureTask<Map<String, Object>> answer(String id, Path jar) {
    FutureTask<Map<String, Object>> known = id == null ? null : answers.get(id);
    if (known != null) return known;
    FutureTask<Map<String, Object>> task = new FutureTask<>(() -> update(jar));
    if (id != null) answers.put(id, task);
    Thread thread = new Thread(task, "svc.update");
    thread.setContextClassLoader(UpdateService.class.getClassLoader());
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private Map<String, Object> update(Path jar) {
    Plan plan = updater.plan(jar);
    Outcome outcome = updater.apply(plan);
    Map<String, Object> words = words(plan);
    words.put("ok", outcome.ok());
    words.put("step", outcome.step().text());
    words.put("reason", outcome.reason());
    words.put("happened", outcome.refreshed());
    words.put("notes", outcome.notes());
    words.put("previous", outcome.previous());
    return words;
  }

  private static Map<String, Object> words(Plan plan) {
    Map<String, Object> words = new HashMap<>();
    words.put("jar", plan.jar());
    words.put("bundle", plan.bundle());
    words.put("from", plan.from());
    words.put("to", plan.to());
    words.put("action", plan.action().text());
    words.put("reason", plan.reason());
    words.put("refreshed", plan.refreshed());
    words.put("restarted", plan.restarted());
    return words;
  }
}
