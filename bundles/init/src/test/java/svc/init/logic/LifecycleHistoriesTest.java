package svc.init.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import svc.os.Errno;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.os.Spawned;
import svc.service.Source;

/**
 * Thousands of lives of an init, in each of which anything happens at any time. Whatever happens, a
 * few things hold. {@code -Dsvc.seed=N} replays one, which is what a failure names.
 */
class LifecycleHistoriesTest {

  private static final int HISTORIES = 5_000;
  private static final int EVENTS = 60;

  /** Manager, its successors, the workload, what is left, twice: more is nothing that ends. */
  private static final int STEPS = 20;

  private static final Spawned.Failure REFUSED =
      new Spawned.Failure(Spawned.Stage.EXEC, "run", Errno.ENOENT);

  @Test
  void whateverHappensItHolds() {
    Long one = Long.getLong("svc.seed");
    if (one != null) {
      new World(one).live();
      return;
    }
    int ends = 0;
    for (long seed = 0; seed < HISTORIES; seed++) ends += tried(seed) ? 1 : 0;
    assertTrue(ends > HISTORIES / 4, "too few come to their end by themselves: " + ends);
    assertTrue(ends < HISTORIES, "none lives on");
  }

  private static boolean tried(long seed) {
    World world = new World(seed);
    try {
      return world.live();
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("-Dsvc.seed=" + seed + "\n" + String.join("\n", world.trace), e);
    }
  }

  /** Performs actions as {@code Init} does: in their order, and what comes of them after them. */
  private static final class World implements Action.Effects {
    final List<String> trace = new ArrayList<>();
    private final Random random;
    private final Surroundings surroundings;
    private final Lifecycle.Plan plan;
    private Lifecycle init;
    private final Deque<Action> pending = new ArrayDeque<>();
    private boolean performing;
    private long now = 1;

    private boolean manager;
    private boolean asked;
    private boolean within;
    private int workload;
    private int workloads;
    private boolean shell;
    private boolean wished;
    private int left;
    private Action.Go gone;

    World(long seed) {
      random = new Random(seed);
      Surroundings.Kind[] kinds = Surroundings.Kind.values();
      Surroundings.Kind kind =
          random.nextBoolean() ? Surroundings.Kind.MACHINE : kinds[random.nextInt(kinds.length)];
      surroundings =
          new Surroundings(kind, kind == Surroundings.Kind.PROCESS ? 99 : 1, "seed " + seed);
      Workload run =
          random.nextBoolean()
              ? Workload.NONE
              : new Workload(List.of("run"), random.nextBoolean(), Map.of(15, random.nextInt(4)));
      boolean managed = !run.exists() || random.nextInt(4) > 0;
      BootLine.Mode[] modes = BootLine.Mode.values();
      BootLine.Mode mode =
          surroundings.machine() ? modes[random.nextInt(modes.length)] : BootLine.Mode.NORMAL;
      within = managed && random.nextBoolean();
      plan = new Lifecycle.Plan(mode, random.nextBoolean() ? "" : "web", managed, within, run);
      manager = within;
      init = new Lifecycle(surroundings, plan, settings());
      trace.add(surroundings + " " + plan);
    }

    private Settings settings() {
      String stop = random.nextBoolean() ? "stop-timeout = 1s\n" : "";
      String signals = random.nextBoolean() ? "[signals]\nUSR1 = poweroff\nHUP = halt-now\n" : "";
      return Settings.of(new Source("init", "init.conf", "[init]\n" + stop + signals));
    }

    /** Whether it came to its end before it was made to. */
    boolean live() {
      if (random.nextInt(20) == 0) happen();
      event("begin", init::begin);
      int events = random.nextInt(EVENTS);
      for (int i = 0; i < events && gone == null; i++) happen();
      boolean itself = gone != null;
      end();
      return itself;
    }

    // What may happen

    private void happen() {
      switch (random.nextInt(13)) {
        case 0 -> signal(1 + random.nextInt(64));
        case 1 -> telinit("0123456SqQaU".charAt(random.nextInt(12)));
        case 2 -> says(words());
        case 3 -> says("READY=1");
        case 4 -> managerEnds(false);
        case 5 -> managerEnds(true);
        case 6 -> workloadEnds();
        case 7 -> shellEnds();
        case 8 -> later(init.deadline());
        case 9 -> later(now + random.nextInt(2_000_000_000));
        case 10 -> power();
        case 11 -> event("configured", out -> init.configured(settings(), out));
        case 12 -> replaced();
        default -> throw new AssertionError();
      }
    }

    /** By the same program, executed anew, or by another version of the bundle. */
    private void replaced() {
      if (!trace.contains("begin")) return;
      Memory memory = Memory.of(init.memory(now).texts());
      now += random.nextInt(1_000);
      init = new Lifecycle(surroundings, plan, settings());
      event("replaced", out -> init.resume(memory, now, out));
    }

    private String words() {
      List<String> all =
          List.of(
              "READY=1",
              "X_SVC_TARGET=failed\nSTATUS=why",
              "STOPPING=1",
              "EXIT_STATUS=" + random.nextInt(300),
              "nonsense",
              "");
      return all.get(random.nextInt(all.size()));
    }

    private void signal(int number) {
      Signal signal = new Signal(number);
      event(signal.toString(), out -> init.signalled(signal, now, out));
    }

    private void telinit(char level) {
      boolean end = level == '0' || level == '6';
      event("telinit " + level, out -> init.requested(ControlRequest.runlevel(level, 0), now, out));
      wished |= end;
      check();
    }

    private void says(String words) {
      if (!manager) return;
      boolean over = within && words.contains("EXIT_STATUS=");
      if (over) manager = false;
      event("says " + words.replace('\n', ' '), out -> init.notified(words, now, out));
    }

    private void managerEnds(boolean inOrder) {
      if (!manager) return;
      if (within || inOrder) says("EXIT_STATUS=" + random.nextInt(2));
      if (within) return;
      manager = false;
      ExitStatus status = inOrder ? ExitStatus.exited(0) : ExitStatus.killed(9);
      event("manager " + status, out -> init.managerEnded(status, now, out));
      event("reaped", init::reaped);
    }

    private void workloadEnds() {
      if (workload == 0) return;
      workload = 0;
      ExitStatus status =
          random.nextBoolean() ? ExitStatus.exited(random.nextInt(256)) : ExitStatus.killed(15);
      event("workload " + status, out -> init.workloadEnded(status, now, out));
      event("reaped", init::reaped);
    }

    private void shellEnds() {
      if (!shell) return;
      shell = false;
      event("shell", init::shellEnded);
      event("reaped", init::reaped);
    }

    private void later(long time) {
      if (time == Lifecycle.NEVER) return;
      now = Math.max(now, time);
      if (init.deadline() <= now) event("time " + now, out -> init.woken(now, out));
    }

    private void power() {
      ControlRequest.Kind kind = ControlRequest.Kind.values()[2 + random.nextInt(3)];
      event(kind.name(), out -> init.power(kind, now, out));
    }

    // What is to come of it

    /** Whoever is asked to end does, or nobody answers and time goes on. */
    private void end() {
      telinit('0');
      boolean answered = random.nextBoolean();
      for (int step = 0; step < STEPS && gone == null; step++) {
        if (!answered) later(init.deadline());
        else if (workload != 0) workloadEnds();
        else if (manager && asked) managerEnds(true);
        else if (shell) shellEnds();
        else {
          left = 0;
          event("reaped", init::reaped);
        }
      }
      assertTrue(gone != null, "has not come to its end, " + (answered ? "answered" : "in time"));
    }

    private void event(String what, Consumer<List<Action>> event) {
      if (init.gone()) return;
      if (!performing) trace.add(what);
      List<Action> actions = new ArrayList<>();
      event.accept(actions);
      pending.addAll(actions);
      if (performing) return;
      performing = true;
      while (!pending.isEmpty()) {
        assertEquals(null, gone, "something after the end");
        Action action = pending.remove();
        trace.add("  " + action);
        action.perform(this);
      }
      performing = false;
      check();
    }

    private void check() {
      assertEquals(gone != null, init.gone());
      if (gone != null) {
        assertEquals(Lifecycle.NEVER, init.deadline());
        return;
      }
      boolean alone = !manager && workload == 0 && !shell;
      if (wished || alone && !trace.isEmpty() && trace.contains("begin")) {
        assertNotEquals(Lifecycle.NEVER, init.deadline(), "waits for nothing");
      }
    }

    // The actions

    @Override
    public void prepare(Action.Prepare action) {
      assertTrue(surroundings.machine());
    }

    @Override
    public void listen(Action.Listen action) {}

    @Override
    public void startManager(Action.StartManager action) {
      assertFalse(manager, "a second manager");
      assertFalse(within, "a manager beside the one within");
      assertTrue(plan.manager(), "nothing to manage");
      assertTrue(!wished || action.ending(), "a new beginning after a wish to end");
      if (random.nextInt(4) == 0) {
        event("", out -> init.managerFailed(REFUSED, now, out));
        return;
      }
      manager = true;
      asked = action.ending();
      init.managerStarted(now);
    }

    @Override
    public void endManager(Action.EndManager action) {
      assertTrue(manager, "no manager to end");
      asked = true;
    }

    @Override
    public void startWorkload(Action.StartWorkload action) {
      assertTrue(plan.workload().exists());
      assertEquals(1, ++workloads, "a second workload");
      assertFalse(wished, "a beginning after a wish to end");
      if (random.nextInt(4) == 0) {
        event("", out -> init.workloadFailed(REFUSED, now, out));
        return;
      }
      workload = 7;
      init.workloadStarted(7);
    }

    @Override
    public void signalWorkload(Action.SignalWorkload action) {
      assertEquals(workload, action.pid());
      assertNotEquals(0, action.pid());
    }

    @Override
    public void startShell(Action.StartShell action) {
      assertFalse(shell, "a second shell");
      assertTrue(surroundings.machine());
      shell = random.nextInt(4) > 0;
      if (!shell) event("", init::shellEnded);
    }

    @Override
    public void changeTarget(Action.ChangeTarget action) {
      assertTrue(manager);
    }

    @Override
    public void reload(Action.Reload action) {
      event("", out -> init.configured(settings(), out));
    }

    @Override
    public void replace(Action.Replace action) {}

    @Override
    public void readPowerStatus(Action.ReadPowerStatus action) {
      event("", out -> init.power(ControlRequest.Kind.POWER_FAILS, now, out));
    }

    @Override
    public void lookForOthers(Action.LookForOthers action) {
      left = Math.max(0, left - random.nextInt(2));
      boolean any = manager && !within || workload != 0 || shell || left > 0;
      event("", out -> init.others(any, now, out));
    }

    @Override
    public void signalOthers(Action.SignalOthers action) {
      asked = true;
    }

    @Override
    public void tellHost(Action.TellHost action) {
      assertFalse(action.state().contains("X_SVC_"));
    }

    @Override
    public void say(Action.Say action) {}

    @Override
    public void leave(Action.Go action) {
      gone = action;
      assertTrue(action.status() >= 0 && action.status() <= 255, action::toString);
      if (surroundings.machine()) assertNotEquals(Leave.EXIT, action.leave());
      else if (!surroundings.restartsByReboot()) assertEquals(Leave.EXIT, action.leave());
    }
  }
}
