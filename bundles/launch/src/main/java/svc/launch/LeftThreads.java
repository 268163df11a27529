package svc.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;

/** Threads that a bundle has started and not ended. */
final class LeftThreads {

  /** How long threads may take to end after their bundle has stopped. */
  private static final long END_MILLIS = 1_000;

  private final Bundle bundle;
  private final ClassLoader loader;
  private final Bundle namesake;
  private final Predicate<Thread> considered;

  /**
   * @param namesake has classes of the same names and may have made threads as well; or null
   */
  private LeftThreads(Bundle bundle, Bundle namesake, Predicate<Thread> considered) {
    this.bundle = bundle;
    this.loader = Names.loader(bundle);
    this.namesake = namesake;
    this.considered = considered;
  }

  static Set<Thread> alive() {
    return Set.copyOf(Thread.getAllStackTraces().keySet());
  }

  /**
   * For a bundle that has just been started and stopped.
   *
   * @param old the one that it replaces, which goes on meanwhile; or null
   * @param before what lived when it was not there: its own are younger
   */
  static LeftThreads of(Bundle fresh, Bundle old, Set<Thread> before) {
    return new LeftThreads(fresh, old, thread -> !before.contains(thread));
  }

  /**
   * For a bundle that has been there; its successor has classes of the same names.
   *
   * @param before what lived when its successor was not there
   */
  static LeftThreads ofOld(Bundle old, Set<Thread> before) {
    return new LeftThreads(old, null, before::contains);
  }

  /**
   * Waits a little for them to end.
   *
   * @return the names of those that have not; each is told once
   */
  List<String> await() {
    long end = System.nanoTime() + END_MILLIS * 1_000_000;
    List<Thread> left = left();
    while (!left.isEmpty() && System.nanoTime() < end) {
      join(left.get(0));
      left = left();
    }
    Set<String> names = new TreeSet<>();
    for (Thread thread : left) names.add(thread.getName());
    return List.copyOf(names);
  }

  private static void join(Thread thread) {
    try {
      thread.join(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private List<Thread> left() {
    List<Thread> left = new ArrayList<>();
    for (Thread thread : alive()) {
      if (thread != Thread.currentThread() && considered.test(thread) && isIts(thread))
        left.add(thread);
    }
    return left;
  }

  /** By what it was started from, what it is, or what it runs. */
  private boolean isIts(Thread thread) {
    return loader == thread.getContextClassLoader()
        || loader == thread.getClass().getClassLoader()
        || runsItsCode(thread);
  }

  /** The outermost frame that is not the JDK's is what the thread was made for. */
  private boolean runsItsCode(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    for (int i = frames.length - 1; i >= 0; i--) {
      String name = frames[i].getClassName();
      if (name.startsWith("java.") || name.startsWith("jdk.")) continue;
      String entry = entry(name);
      boolean ambiguous = namesake != null && namesake.getEntry(entry) != null;
      return !ambiguous && bundle.getEntry(entry) != null;
    }
    return false;
  }

  /** A lambda's class has no file, but its name begins with that of the class it is in. */
  private static String entry(String className) {
    int lambda = className.indexOf("$$Lambda");
    String name = lambda < 0 ? className : className.substring(0, lambda);
    return name.replace('.', '/') + ".class";
  }
}
