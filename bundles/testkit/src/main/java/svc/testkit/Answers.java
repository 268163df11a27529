package svc.testkit;

import java.util.ArrayList;
import java.util.List;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Problem;
import svc.type.Procedure;
import svc.type.ServiceType;
import svc.type.Task;
import svc.type.Verdict;

/**
 * All that a type says of a declaration.
 *
 * @param problems those of the keys' form, else the type's
 * @param procedure null when there are problems
 * @param socket empty when there are problems
 * @param next the times that {@link #LAST_RUNS} give; none when there are problems
 * @param verdicts of every task and end; none when there are problems
 */
record Answers(
    List<Problem> problems,
    Procedure procedure,
    String socket,
    List<Long> next,
    List<Verdict> verdicts) {

  /** Wall-clock milliseconds: never, long ago, just now, and after the clock was set back. */
  private static final List<Long> LAST_RUNS =
      List.of(0L, 1_000_000_000_000L, 1_799_999_999_999L, 1_900_000_000_000L);

  private static final long SINCE = 1_800_000_000_000L;

  static List<Answers> of(ServiceType type, List<Declaration> declarations) {
    return declarations.stream().map(declaration -> of(type, declaration)).toList();
  }

  /** As the platform asks: a procedure only where there are no problems. */
  static Answers of(ServiceType type, Declaration declaration) {
    List<Problem> problems = formal(type, declaration);
    if (problems.isEmpty()) problems = problems(type, declaration);
    if (!problems.isEmpty()) return new Answers(problems, null, "", List.of(), List.of());
    Declaration complete = Keys.complete(declaration, type.keys());
    return new Answers(
        problems,
        Expect.given("procedure() of " + complete, () -> type.procedure(complete)),
        Expect.given("socket() of " + complete, () -> type.socket(complete)),
        next(type, complete),
        verdicts(type, complete));
  }

  static List<Problem> formal(ServiceType type, Declaration declaration) {
    return Keys.check(declaration, type.keys());
  }

  static List<Problem> problems(ServiceType type, Declaration declaration) {
    List<Problem> problems =
        Expect.given("check() of " + declaration, () -> type.check(declaration));
    for (Problem problem : problems)
      Expect.that(problem != null, "a problem is null, of " + declaration);
    return problems;
  }

  private static List<Long> next(ServiceType type, Declaration declaration) {
    String of = "next() of " + declaration;
    return LAST_RUNS.stream()
        .map(last -> Expect.given(of, () -> type.next(declaration, last, SINCE)))
        .toList();
  }

  private static List<Verdict> verdicts(ServiceType type, Declaration declaration) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Task task : Conformance.TASKS)
      for (ExitStatus status : Conformance.ENDS)
        verdicts.add(
            Expect.given(
                "verdict() of " + task + " and " + status + " of " + declaration,
                () -> type.verdict(declaration, task, status)));
    return verdicts;
  }
}
