package svc.cli;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

/**
 * Shows the progress of the manager in our own process; a client as any other, and the services do
 * not depend on it.
 */
final class Watch implements Runnable {

  /** A manager listens when it has read its declarations; this is far beyond. */
  private static final int TRIES = 3_000;

  private static final int PAUSE_MILLIS = 20;

  private final Session session;
  private final Path socket;
  private final Screen screen;
  private final CountDownLatch ended;
  private final Consumer<NvList> seen;

  /**
   * @param ended is released when the manager's process is about to end
   * @param seen is given each service that is told of
   */
  Watch(Session session, Path socket, Screen screen, CountDownLatch ended, Consumer<NvList> seen) {
    this.seen = seen;
    this.session = session;
    this.socket = socket;
    this.screen = screen;
    this.ended = ended;
  }

  @Override
  public void run() {
    try (Client client = connect()) {
      if (client != null) show(client);
    } catch (Failure e) {
      if (ended.getCount() == 0) return; // the end of the process cut it short
      session.err().println("svc up: progress is not shown any more: " + e.getMessage());
      session.err().flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Null when the manager ended before it listened. */
  private Client connect() throws Failure, InterruptedException {
    for (int i = 1; ; i++) {
      try {
        return Client.connect(socket);
      } catch (Failure e) {
        if (ended.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) return null;
        if (i == TRIES) throw e;
      }
    }
  }

  private void show(Client client) throws Failure {
    Progress progress = new Progress(screen, false);
    Message message = client.ask(client.request(Method.EVENTS), Client.PATIENCE_SECONDS);
    for (NvList service : message.list().lists("services")) {
      seen.accept(service);
      progress.service(service);
    }
    Impatience impatience = Impatience.begin(progress::waitedFor, screen::say);
    try {
      follow(client, progress);
    } finally {
      impatience.close();
    }
  }

  private void follow(Client client, Progress progress) throws Failure {
    for (Message news = client.next(); news != null; news = client.next()) {
      if (news.list().exists("service")) seen.accept(news.list().list("service", NvList.EMPTY));
      progress.news(news.list());
      if (screen.broken()) {
        stop();
        return;
      }
    }
  }

  /** Nobody is there to see the services or to press ctrl-C: they end as they would by that. */
  private void stop() throws Failure {
    try (Client client = Client.connect(socket)) {
      client.ask(client.request(Method.SHUTDOWN), Client.PATIENCE_SECONDS);
    }
  }
}
