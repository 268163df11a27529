package svc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import svc.ipc.Method;

/**
 * Another tree takes the place of the installed one, or another Java that of the tree's, and the
 * processes of runtimes are executed anew with it. It is tried first; where one does not come back
 * as expected, tree, Java and all runtimes go back.
 */
final class Renewal {

  private static final long PAUSE_NANOS = 10_000_000L;
  private static final String JAVA = "etc/java";

  /** What is to be seen of a runtime that has come back. */
  interface Expectation {

    /**
     * @return what is wrong with it, or empty
     */
    String problem(LivingRuntime now) throws Failure;
  }

  /** Takes what there is to say meanwhile; it goes on also where nobody listens any more. */
  interface News {
    void say(String line);
  }

  /**
   * A runtime that has come back.
   *
   * @param millis how long nobody answered
   */
  record Renewed(LivingRuntime runtime, long millis) {}

  private final Path home;
  private final Places places;
  private final long patience;
  private final News news;

  /** All that there are. */
  private final List<LivingRuntime> all;

  /** Those whose processes are executed anew, in this order. */
  private final List<LivingRuntime> runtimes;

  /** Those that were asked to, with what they were before. */
  private final List<LivingRuntime> begun = new ArrayList<>();

  private final List<Renewed> renewed = new ArrayList<>();

  /**
   * @param home the installed tree
   * @param patience nanoseconds for each to answer again
   * @param which of the runtimes that there are
   */
  Renewal(Path home, Places places, long patience, News news, Predicate<LivingRuntime> which)
      throws Failure {
    this.home = home;
    this.places = places;
    this.patience = patience;
    this.news = news;
    this.all = there(places);
    this.runtimes = all.stream().filter(which).toList();
  }

  /** Supervisors first, an init last: who is executed anew finds below it what is new already. */
  private static List<LivingRuntime> there(Places places) throws Failure {
    List<LivingRuntime> found = new ArrayList<>();
    for (Path each : RuntimesThere.in(places).sockets()) found.add(LivingRuntime.at(each));
    if (found.isEmpty()) throw Failure.unreachable("no runtime listens in " + places.run());
    found.sort(Comparator.comparing(LivingRuntime::isManager));
    LivingRuntime init = LivingRuntime.init(places.run());
    boolean within = found.stream().anyMatch(each -> each.pid() == 1);
    if (init != null && !within) found.add(init);
    return found;
  }

  List<LivingRuntime> runtimes() {
    return runtimes;
  }

  /** Those that have come back as expected, unless all went back to what they were. */
  List<Renewed> renewed() {
    return renewed;
  }

  /** A place for another tree, beside the installed one. */
  static Path beside(Path home) throws Failure {
    Path fresh = home.resolveSibling("." + home.getFileName() + ".new");
    try {
      Tree.delete(fresh);
      return fresh;
    } catch (IOException e) {
      throw Failure.file(fresh, e);
    }
  }

  static void remove(Path directory) {
    try {
      Tree.delete(directory);
    } catch (IOException e) {
      // the next one does
    }
  }

  /**
   * Changes nothing.
   *
   * @param java the home of another Java, or null
   */
  void attempt(Path fresh, Path java) throws Failure {
    long began = System.nanoTime();
    TrialRun.of(runtimes.get(0).socket(), fresh, java == null ? "" : java.toString());
    news.say("trial: done in " + since(began) + " ms");
  }

  /**
   * Does it, or leaves everything as it was.
   *
   * @param fresh another tree, or the installed one where only Java is replaced
   * @param java the home of another Java, or null
   */
  void perform(Path fresh, Path java, Expectation expected) throws Failure {
    Path before = java == null ? null : writeJava(fresh, java);
    if (!fresh.equals(home)) exchange(runtimes.get(0).socket(), fresh);
    try {
      for (LivingRuntime each : runtimes) renew(each, expected);
    } catch (Failure reason) {
      renewed.clear();
      boolean all = goBack(fresh, before);
      String how =
          all ? "; all went back to what they had" : "; the tree went back, not all runtimes";
      throw Failure.failed(reason.getMessage() + how);
    }
    if (!fresh.equals(home)) keepOld(fresh);
  }

  private static long since(long began) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
  }

  /** A file beside has what stood there before. */
  private Path writeJava(Path tree, Path java) throws Failure {
    Path file = tree.resolve(JAVA);
    Path before = tree.resolve(JAVA + ".before");
    try {
      Files.deleteIfExists(before);
      if (Files.exists(file)) Files.copy(file, before);
      Path written = Files.writeString(tree.resolve(JAVA + ".new"), java + "\n");
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      return before;
    } catch (IOException e) {
      throw Failure.file(file, e);
    }
  }

  private void exchange(Path socket, Path fresh) throws Failure {
    try (Client client = Client.connect(socket)) {
      client.ask(
          client
              .request(Method.EXCHANGE)
              .string("one", home.toString())
              .string("other", fresh.toString()),
          Client.PATIENCE_SECONDS);
    }
  }

  private void renew(LivingRuntime runtime, Expectation expected) throws Failure {
    begun.add(runtime);
    Renewed next = execute(runtime);
    String problem = expected.problem(next.runtime());
    if (!problem.isEmpty()) throw Failure.failed(runtime.name() + " " + problem);
    renewed.add(next);
  }

  private Renewed execute(LivingRuntime runtime) throws Failure {
    runtime.replace(home);
    long began = System.nanoTime();
    LivingRuntime next = runtime.next(places.run(), began + patience);
    if (next == null)
      throw Failure.failed(runtime.name() + " has ended, or does not answer in " + deadline());
    if (next.pid() != runtime.pid())
      throw Failure.failed(runtime.name() + " has ended, and another one was started");
    if (runtime.isManager()) awaitManager(runtime, began + patience);
    Renewed renewed = new Renewed(next, since(began));
    String java = next.java().isEmpty() ? "" : ", Java " + next.java();
    news.say(
        runtime.name()
            + ": "
            + next.version()
            + java
            + ", no answer for "
            + renewed.millis()
            + " ms");
    return renewed;
  }

  private String deadline() {
    return TimeUnit.NANOSECONDS.toMillis(patience) + " ms";
  }

  /** Its clients are answered when it knows what is there. */
  private void awaitManager(LivingRuntime runtime, long end) throws Failure {
    while (System.nanoTime() < end) {
      try (Client client = Client.connect(places.socket())) {
        ClientCommand.status(client, List.of());
        return;
      } catch (Failure notYet) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    throw Failure.failed(runtime.name() + " does not answer in " + deadline());
  }

  // Back

  /** Those that have not been asked are what they were. */
  private boolean goBack(Path fresh, Path before) throws Failure {
    news.say("going back");
    if (!fresh.equals(home)) exchangeBack(fresh);
    else restoreJava(before);
    long back = System.currentTimeMillis();
    boolean all = true;
    for (LivingRuntime each : begun) all &= goBack(each, back);
    return all;
  }

  /** One that its parent has started since is what it was. */
  private boolean goBack(LivingRuntime runtime, long back) throws Failure {
    LivingRuntime now = runtime.again(places.run(), System.nanoTime() + patience);
    try {
      if (now == null)
        throw Failure.failed(
            runtime.name() + " has ended, and nobody starts another; services run on");
      if (!now.beganAfter(back)) execute(now);
      else news.say(runtime.name() + ": " + now.version());
      return true;
    } catch (Failure alsoNot) {
      news.say(alsoNot.getMessage());
      return false;
    }
  }

  /** By whoever answers; where nobody does, in two steps. */
  private void exchangeBack(Path fresh) throws Failure {
    for (LivingRuntime each : runtimes) {
      if (each.socket() == null) continue;
      try {
        exchange(each.socket(), fresh);
        return;
      } catch (Failure dead) {
        continue;
      }
    }
    try {
      Path aside = home.resolveSibling("." + home.getFileName() + ".aside");
      Files.move(home, aside);
      Files.move(fresh, home);
      Files.move(aside, fresh);
    } catch (IOException e) {
      throw Failure.file(home, e);
    }
  }

  private void restoreJava(Path before) throws Failure {
    try {
      Files.move(before, home.resolve(JAVA), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException none) {
      home.resolve(JAVA).toFile().delete();
    } catch (IOException e) {
      throw Failure.file(home.resolve(JAVA), e);
    }
  }

  /** Beside the new one, to look at or to go back to by hand. */
  private void keepOld(Path fresh) throws Failure {
    Path old = home.resolveSibling(home.getFileName() + ".old");
    try {
      Tree.delete(old);
      Files.move(fresh, old);
      news.say("the old tree is " + old);
    } catch (IOException e) {
      throw Failure.file(old, e);
    }
  }
}
