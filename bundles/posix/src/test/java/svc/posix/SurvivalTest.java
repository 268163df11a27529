package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.os.Kernel;
import svc.os.Signal;
import svc.os.Spawn;
import svc.os.Spawn.Stream;
import svc.os.Spawned;

/** A loop that goes on after a mistake of a role, as on a machine, where nobody starts it again. */
class SurvivalTest {

  private final LinkedBlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
  private PosixKernel kernel;
  private Heard heard;

  @BeforeEach
  void start() {
    kernel = PosixKernel.surviving(told::add);
    heard = new Heard(kernel);
  }

  @AfterEach
  void end() {
    kernel.close();
  }

  private static IllegalStateException mistake(String text) {
    return new IllegalStateException(text);
  }

  private void isTold(String text) throws InterruptedException {
    Throwable mistake = told.poll(Heard.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertEquals(text, mistake == null ? null : mistake.getMessage());
  }

  /** Makes a mistake whenever it hears something. */
  private static class Faulty implements Kernel.Events {
    final AtomicInteger woken = new AtomicInteger();
    volatile long deadline = Kernel.NEVER;

    @Override
    public void exited(int pid, ExitStatus status) {
      throw mistake("exited");
    }

    @Override
    public void signalled(Signal signal) {
      throw mistake("signalled");
    }

    @Override
    public void woken(long now) {
      woken.incrementAndGet();
      throw mistake("woken");
    }

    @Override
    public long deadline() {
      return deadline;
    }
  }

  @Test
  void aTasksMistakeIsToldAndTheNextOneRuns() throws Exception {
    kernel.execute(
        () -> {
          throw mistake("task");
        });
    assertEquals("next", heard.onLoop(() -> "next"));
    isTold("task");
  }

  @Test
  void anErrorIsAMistakeToo() throws Exception {
    kernel.execute(
        () -> {
          throw new StackOverflowError("deep");
        });
    assertEquals("next", heard.onLoop(() -> "next"));
    isTold("deep");
  }

  @Test
  void aRolesMistakeKeepsNoExitFromAnother() throws Exception {
    kernel.attach(new Faulty(), List.of());
    kernel.attach(heard, List.of());
    Spawn request =
        new Spawn(
            List.of("/bin/true"),
            List.of(),
            "/",
            null,
            null,
            -1,
            Stream.NULL,
            Stream.NULL,
            Stream.NULL);
    for (int i = 0; i < 20; i++) {
      int pid = ((Spawned.Child) heard.onLoop(() -> kernel.spawn(request))).pid();
      assertEquals(ExitStatus.exited(0), heard.exit(pid));
      assertEquals(1, heard.timesTold(pid));
      isTold("exited");
    }
  }

  @Test
  void aRoleThatFailsEachTimeItIsWokenIsNotWokenAgainAtOnce() throws Exception {
    Faulty faulty = new Faulty();
    faulty.deadline = 0;
    kernel.attach(faulty, List.of());
    for (int i = 0; i < 200; i++) heard.onLoop(() -> null);
    isTold("woken");
    assertTrue(faulty.woken.get() < 20, () -> faulty.woken + " times in 200 turns");
  }

  @Test
  void aRoleThatCannotSayWhenItIsToBeWokenKeepsNoOtherFromBeing() throws Exception {
    kernel.attach(
        new Faulty() {
          @Override
          public long deadline() {
            throw mistake("deadline");
          }
        },
        List.of());
    kernel.attach(heard, List.of());
    heard.onLoop(() -> heard.deadline = kernel.now());
    heard.awaitWakes(1);
    isTold("deadline");
  }
}
