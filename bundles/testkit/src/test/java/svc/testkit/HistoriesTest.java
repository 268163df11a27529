package svc.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.simulation.Guest;
import svc.type.Procedure;
import svc.type.Task;
import svc.type.Verdict;

/** Histories with services of a type find what is wrong with it, and can be seen again. */
class HistoriesTest {

  private static final Histories GOOD =
      Histories.of(new GoodType(), (name, random) -> GoodType.RIGHT);

  @Test
  void aTypeWithoutMistakesSurvives() {
    GOOD.seeds(100).run();
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    Guest guest = new Guest(Staged.of(new GoodType()), (name, random) -> GoodType.RIGHT);
    for (long seed = 0; seed < 5; seed++) assertEquals(guest.history(seed), guest.history(seed));
  }

  /** It forgets that a process may end in a way that it does not know. */
  public static final class Unprepared extends GoodType {
    @Override
    public Verdict verdict(Declaration declaration, Task ended, ExitStatus status) {
      if (status.kind() == ExitStatus.Kind.KILLED) throw new IllegalStateException("killed?");
      return super.verdict(declaration, ended, status);
    }
  }

  @Test
  void anExceptionInTheMiddleIsFoundWithItsSeed() {
    Histories histories = Histories.of(new Unprepared(), (name, random) -> GoodType.RIGHT);
    AssertionError error = assertThrows(AssertionError.class, histories.seeds(100)::run);
    String text = error.getMessage();
    assertTrue(text.startsWith("seed ") && text.contains("killed?"), text);
    long seed = Long.parseLong(text.substring(5, text.indexOf(':')));
    AssertionError again = assertThrows(AssertionError.class, histories.only(seed)::run);
    assertEquals(text, again.getMessage());
  }

  @Test
  void aWrongDeclarationIsTold() {
    Histories wrong = Histories.of(new GoodType(), (name, random) -> GoodType.WRONG);
    AssertionError error = assertThrows(AssertionError.class, wrong.seeds(20)::run);
    assertTrue(error.getMessage().contains("service.exec: missing"), error::getMessage);
  }

  /** How a service runs is what its procedure says, whatever the type is called. */
  public static final class Shifting extends GoodType {
    @Override
    public Procedure procedure(Declaration declaration) {
      return switch (Math.floorMod(declaration.name().hashCode(), 3)) {
        case 0 ->
            Procedure.pidFile(declaration.words(EXEC), List.of(), "/run/" + declaration.name());
        case 1 -> Procedure.commands(declaration.words(EXEC), declaration.words(EXEC));
        default -> super.procedure(declaration);
      };
    }
  }

  @Test
  void daemonsAndCommandsOfOneTypeSurvive() {
    Histories.of(new Shifting(), (name, random) -> GoodType.RIGHT).seeds(100).run();
  }
}
