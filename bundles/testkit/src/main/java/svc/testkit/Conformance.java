package svc.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import svc.os.ExitStatus;
import svc.os.Signal;
import svc.service.Declaration;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;

/**
 * Holds a service type to what {@link ServiceType} asks of it: well-formed names and keys, methods
 * that are functions of their arguments, whatever the declaration, the thread and the instance, and
 * nothing that is kept or started.
 *
 * <pre>{@code
 * class MyTypeTest {
 *   @TestFactory
 *   Stream<DynamicTest> conforms() {
 *     Stream<Check> checks =
 *         Conformance.of(new MyType())
 *             .with("[service]\ntype = my\nexec = /bin/x\n")
 *             .refusing("[service]\ntype = my\n")
 *             .checks();
 *     return DynamicTest.stream(checks, Check::name, Check::run);
 *   }
 * }
 * }</pre>
 *
 * Beside what the author wrote, declarations are made by chance, always the same ones.
 */
public final class Conformance {

  private static final int DEFAULT_GENERATED = 200;

  private final ServiceType type;
  private final List<String> right = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private int generated = DEFAULT_GENERATED;

  private Conformance(ServiceType type) {
    this.type = type;
  }

  /**
   * The checks of a type.
   *
   * @param type one instance; others are made by its public constructor without arguments, which
   *     {@link java.util.ServiceLoader} needs too
   * @return checks without declarations of the author's
   */
  public static Conformance of(ServiceType type) {
    return new Conformance(type);
  }

  /**
   * Adds a declaration that has to be right. There should be one for each way in which a service of
   * the type can be run.
   *
   * @param declaration the text of a declaration file
   * @return this
   */
  public Conformance with(String declaration) {
    right.add(declaration);
    return this;
  }

  /**
   * Adds a declaration in which the type has to find a problem.
   *
   * @param declaration the text of a declaration file; the values of its keys are of their kinds
   * @return this
   */
  public Conformance refusing(String declaration) {
    wrong.add(declaration);
    return this;
  }

  /**
   * Changes how many declarations are made by chance.
   *
   * @param count 200 if it is not changed
   * @return this
   */
  public Conformance generated(int count) {
    generated = count;
    return this;
  }

  /**
   * The checks, to be run one by one.
   *
   * @return in a fixed order; they do not depend on each other
   */
  public Stream<Check> checks() {
    return Stream.of(
        new Check("the name is one that a declaration can give", this::name),
        new Check("keys are well-formed, with help and a default that they accept", this::keys),
        new Check("there is a public constructor without arguments", () -> Instances.another(type)),
        new Check("right declarations are without problems", this::rightOnesAreRight),
        new Check("wrong declarations are refused", this::wrongOnesAreRefused),
        new Check("no declaration of the right form makes it throw", this::neverThrows),
        new Check("problems say where they are", this::problemsSayWhere),
        new Check("the same is said twice, and by every instance", this::isFunction),
        new Check("a procedure can be run", this::proceduresCanBeRun),
        new Check("the same is said in all threads", this::isThreadSafe),
        new Check("nothing is kept", () -> State.none(type)),
        new Check("no thread is started", this::startsNoThread),
        new Check("no class reaches for the world", () -> Reach.none(type.getClass())));
  }

  /**
   * Runs all checks, for who has no use for them one by one.
   *
   * @throws AssertionError that names every check that failed
   */
  public void run() {
    Checks.run(checks());
  }

  // What the checks do

  private void name() {
    Naming.name(Expect.given("name()", type::name));
    Expect.equal(type.name(), type.name(), "name(), the second time");
  }

  private void keys() {
    Naming.keys(Expect.given("keys()", type::keys));
    Expect.equal(type.keys(), type.keys(), "keys(), the second time");
  }

  private void rightOnesAreRight() {
    Expect.that(!right.isEmpty(), "there is none; add one by with(...)");
    for (Declaration declaration : rightOnes()) {
      Expect.equal(List.of(), Answers.formal(type, declaration), "problems of " + declaration);
      Expect.equal(List.of(), Answers.problems(type, declaration), "problems of " + declaration);
    }
  }

  private void wrongOnesAreRefused() {
    for (String text : wrong) {
      Declaration declaration = Written.read(type, text);
      Expect.equal(List.of(), Answers.formal(type, declaration), "wrong keys of " + declaration);
      List<Problem> problems = Answers.problems(type, declaration);
      Expect.that(!problems.isEmpty(), "no problem is found in " + declaration);
      problems.forEach(problem -> Naming.problem(problem, declaration, type));
    }
  }

  private void neverThrows() {
    all().forEach(declaration -> Answers.of(type, declaration));
  }

  private void problemsSayWhere() {
    for (Declaration declaration : all())
      for (Problem problem : Answers.problems(type, declaration))
        Naming.problem(problem, declaration, type);
  }

  private void isFunction() {
    ServiceType another = Instances.another(type);
    for (Declaration declaration : all()) {
      Answers first = Answers.of(type, declaration);
      Expect.equal(first, Answers.of(type, declaration), "said of it again, " + declaration);
      Expect.equal(first, Answers.of(another, declaration), "by another, " + declaration);
    }
  }

  private void proceduresCanBeRun() {
    for (Declaration declaration : all()) {
      Procedure procedure = Answers.of(type, declaration).procedure();
      if (procedure != null) Naming.procedure(procedure, declaration);
    }
  }

  private void isThreadSafe() {
    List<Declaration> all = all();
    List<Answers> alone = Answers.of(type, all);
    for (List<Answers> together : Threads.at(8, () -> Answers.of(type, all)))
      Expect.equal(alone, together, "said in another thread");
  }

  private void startsNoThread() {
    Threads.expectNone(() -> Answers.of(Instances.another(type), all()));
  }

  private List<Declaration> rightOnes() {
    return right.stream().map(text -> Written.read(type, text)).toList();
  }

  /** What the author wrote, and what chance makes of it and of the keys alone. */
  private List<Declaration> all() {
    List<Declaration> all = new ArrayList<>(rightOnes());
    for (String text : wrong) all.add(Written.read(type, text));
    Random random = new Random(4);
    for (int i = 0; i < generated; i++) all.add(Written.byChance(type, random));
    return all;
  }

  /** Ends of processes that a verdict is asked of. */
  static final List<ExitStatus> ENDS =
      List.of(
          ExitStatus.exited(0),
          ExitStatus.exited(1),
          ExitStatus.exited(255),
          ExitStatus.killed(Signal.KILL.number()),
          ExitStatus.killed(64),
          ExitStatus.UNKNOWN);

  /** What processes are there for that end. */
  static final List<Task> TASKS = List.of(Task.values());
}
