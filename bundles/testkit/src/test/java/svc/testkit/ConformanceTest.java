package svc.testkit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Kind;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;
import svc.type.Verdict;

/** Every check finds the mistake that it is there for, and none where there is none. */
class ConformanceTest {

  private static final CountDownLatch OVER = new CountDownLatch(1);

  private static Conformance conformance(ServiceType type) {
    return Conformance.of(type)
        .with(GoodType.RIGHT.replace("good", type.name()))
        .refusing(GoodType.WRONG.replace("good", type.name()))
        .generated(100);
  }

  private static List<String> failing(ServiceType type) {
    List<String> failing = new ArrayList<>();
    conformance(type)
        .checks()
        .forEach(
            check -> {
              try {
                check.run();
              } catch (AssertionError e) {
                failing.add(check.name() + ": " + e.getMessage());
              }
            });
    return failing;
  }

  /** A check whose name begins so fails, and its message has the word. */
  private static void fails(ServiceType type, String check, String word) {
    List<String> failing = failing(type);
    assertTrue(
        failing.stream().anyMatch(each -> each.startsWith(check) && each.contains(word)),
        () -> "no \"" + check + "\" with \"" + word + "\" in " + failing);
  }

  @AfterAll
  static void endThreads() {
    OVER.countDown();
  }

  @Test
  void aTypeWithoutMistakesConforms() {
    assertEquals(List.of(), failing(new GoodType()));
    assertDoesNotThrow(conformance(new GoodType())::run);
  }

  @Test
  void oneRunTellsAllThatFailed() {
    AssertionError error = assertThrows(AssertionError.class, conformance(new BadlyKeyed())::run);
    assertTrue(error.getMessage().contains("the help is not one line"), error::getMessage);
    assertTrue(error.getSuppressed().length > 0);
  }

  public static final class BadlyNamed extends GoodType {
    @Override
    public String name() {
      return "no name";
    }
  }

  @Test
  void aNameThatNoDeclarationCanGive() {
    fails(new BadlyNamed(), "the name", "no name");
  }

  public static final class BadlyKeyed extends GoodType {
    @Override
    public List<Key> keys() {
      return List.of(EXEC, Key.of("good", "x", Kind.TEXT, "", ""));
    }
  }

  public static final class BadDefault extends GoodType {
    @Override
    public List<Key> keys() {
      return List.of(EXEC, Key.of("good", "x", Kind.NUMBER, "many", "how many"));
    }
  }

  public static final class Twice extends GoodType {
    @Override
    public List<Key> keys() {
      return List.of(EXEC, EXEC);
    }
  }

  public static final class OtherKind extends GoodType {
    @Override
    public List<Key> keys() {
      return List.of(EXEC, Key.of("service", "stop-timeout", Kind.TEXT, "", "whenever"));
    }
  }

  @Test
  void keysThatAreNotWellFormed() {
    fails(new BadlyKeyed(), "keys", "help");
    fails(new BadDefault(), "keys", "refuses the default many");
    fails(new Twice(), "keys", "twice");
    fails(new OtherKind(), "keys", "another kind");
  }

  public static final class Choosy extends GoodType {
    public Choosy(String anything) {}
  }

  @Test
  void aConstructorThatNobodyCanCall() {
    fails(new Choosy(""), "there is a public constructor", "without arguments");
  }

  public static final class Lenient extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      return List.of();
    }
  }

  @Test
  void aDeclarationThatShouldBeRefused() {
    fails(new Lenient(), "wrong declarations", "no problem");
    fails(new Lenient(), "no declaration of the right form", "without a start command");
  }

  public static final class Fussy extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      return List.of(declaration.problem(EXEC, "never right"));
    }
  }

  @Test
  void aDeclarationThatShouldBeRight() {
    fails(new Fussy(), "right declarations", "never right");
  }

  public static final class Thrower extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      declaration.text(EVERY).charAt(3); // a default is shorter
      return super.check(declaration);
    }
  }

  public static final class Nothing extends GoodType {
    @Override
    public Verdict verdict(Declaration declaration, Task ended, ExitStatus status) {
      return status.clean() ? Verdict.SUCCESS : null;
    }
  }

  @Test
  void anExceptionOrNull() {
    fails(new Thrower(), "no declaration of the right form", "throws");
    fails(new Nothing(), "no declaration of the right form", "gives null");
  }

  public static final class Vague extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      if (declaration.has(EXEC)) return List.of();
      return List.of(new Problem("somewhere", 999, "", "missing"));
    }
  }

  public static final class Misplaced extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      if (declaration.has(EXEC)) return List.of();
      return List.of(new Problem(declaration.file(), 999, "service.exec", "missing"));
    }
  }

  @Test
  void aProblemThatNobodyFinds() {
    fails(new Vague(), "problems say where", "file");
    fails(new Misplaced(), "problems say where", "stands on [0]");
  }

  private static final AtomicInteger COUNT = new AtomicInteger();

  public static final class Fickle extends GoodType {
    @Override
    public Procedure procedure(Declaration declaration) {
      return Procedure.child(List.of("x", Integer.toString(COUNT.incrementAndGet())));
    }
  }

  @Test
  void anAnswerThatIsNotTheSame() {
    fails(new Fickle(), "the same is said twice", "said of it again");
    fails(new Fickle(), "the same is said in all threads", "another thread");
    fails(new Fickle(), "no class reaches", "AtomicInteger");
  }

  public static final class Unrunnable extends GoodType {
    @Override
    public Procedure procedure(Declaration declaration) {
      return Procedure.child(List.of("", "x"));
    }
  }

  @Test
  void aCommandThatCannotBeRun() {
    fails(new Unrunnable(), "a procedure can be run", "without a name");
  }

  public static final class Keeper extends GoodType {
    private final List<String> seen = new ArrayList<>();

    @Override
    public Procedure procedure(Declaration declaration) {
      synchronized (seen) {
        seen.add(declaration.name());
      }
      return super.procedure(declaration);
    }
  }

  public static final class Counter extends GoodType {
    private static int count;

    @Override
    public String name() {
      return count++ < 0 ? "" : super.name();
    }
  }

  public static final class Array extends GoodType {
    static final String[] WORDS = {"x"};
  }

  @Test
  void aFieldThatMayChange() {
    fails(new Keeper(), "nothing is kept", "Keeper.seen can be changed");
    fails(new Counter(), "nothing is kept", "Counter.count is not final");
    fails(new Array(), "nothing is kept", "Array.WORDS may change");
  }

  public static final class Starter extends GoodType {
    public Starter() {
      new Thread(Starter::await).start();
    }

    private static void await() {
      try {
        OVER.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aThreadOfItsOwn() {
    fails(new Starter(), "no thread is started", "it started");
    fails(new Starter(), "no class reaches", "java.lang.Thread");
  }

  public static final class Reader extends GoodType {
    @Override
    public List<Problem> check(Declaration declaration) {
      return Files.exists(Path.of("/nowhere")) ? List.of() : super.check(declaration);
    }
  }

  public static final class Clock extends GoodType {
    @Override
    public long next(Declaration declaration, long lastRun, long since) {
      return System.currentTimeMillis() < 0 ? 1 : 2;
    }
  }

  @Test
  void aLookAtTheWorld() {
    fails(new Reader(), "no class reaches", "java.nio.file.Files");
    fails(new Clock(), "no class reaches", "java.lang.System.currentTimeMillis");
  }
}
