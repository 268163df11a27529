package svc.cli;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import svc.ipc.Method;
import svc.manager.logic.Patience;

/**
 * Says whom is waited for when something takes long: soon, and then at growing intervals. A thread
 * of its own, until it is closed.
 */
final class Impatience {

  /** Gives whom is waited for, or empty when there is nothing to say. */
  interface Question {
    String ask() throws Failure;
  }

  private final CountDownLatch over = new CountDownLatch(1);
  private final Question question;
  private final Consumer<String> tell;

  private Impatience(Question question, Consumer<String> tell) {
    this.question = question;
    this.tell = tell;
  }

  /**
   * @param tell is given a line to show, on the thread of its own
   */
  static Impatience begin(Question question, Consumer<String> tell) {
    Impatience impatience = new Impatience(question, tell);
    Thread thread = new Thread(impatience::run, "impatience");
    thread.setDaemon(true);
    thread.start();
    return impatience;
  }

  /** Of a request to a manager, which is asked for it in another conversation. */
  static Impatience of(ClientCommand command, List<String> services, String name) {
    Session session = command.session;
    Places places = command.manager.places(session);
    return begin(
        () -> waitedFor(places, services, name.equals(Method.RESTART)),
        line -> {
          session.err().println("svc " + name + ": " + line);
          session.err().flush();
        });
  }

  private static String waitedFor(Places places, List<String> services, boolean followers)
      throws Failure {
    try (Client client = Client.connect(places)) {
      var all = ClientCommand.status(client, List.of()).list().lists("services");
      Waits waits = Waits.of(all);
      return waits.atWork(followers ? waits.withFollowers(services) : services);
    }
  }

  private void run() {
    Patience patience = new Patience();
    patience.begin(System.nanoTime());
    try {
      while (!over.await(patience.deadline() - System.nanoTime(), TimeUnit.NANOSECONDS))
        if (patience.isOver(System.nanoTime())) say();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void say() {
    try {
      String services = question.ask();
      if (!services.isEmpty() && over.getCount() > 0) tell.accept("waiting for " + services);
    } catch (Failure notNow) {
      // the request itself says so, if it lasts
    }
  }

  /** Says nothing more. */
  void close() {
    over.countDown();
  }
}
