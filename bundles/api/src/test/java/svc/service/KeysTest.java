package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import svc.service.Declaration.Entry;

class KeysTest {

  private static final Key EXEC = Key.of("service", "exec", Kind.COMMAND, "", "");

  private static List<String> problems(Entry... entries) {
    Declaration declaration = new Declaration("a", "/etc/a.ini", List.of(entries));
    return Keys.check(declaration, List.of(EXEC)).stream().map(Problem::toString).toList();
  }

  @Test
  void whatIsRightGivesNoProblem() {
    assertEquals(
        List.of(),
        problems(
            new Entry("service", "type", "daemon", 1),
            new Entry("service", "exec", "sleep 1", 2),
            new Entry("depend", "requires", "b c", 3)));
  }

  @Test
  void anUnknownKeyIsNamedWithFileLineAndWhatIsNear() {
    assertEquals(
        List.of("/etc/a.ini:4: service.exce: unknown key; did you mean service.exec?"),
        problems(new Entry("service", "exce", "x", 4)));
    assertEquals(
        List.of("/etc/a.ini:5: depend.requiers: unknown key; did you mean depend.requires?"),
        problems(new Entry("depend", "requiers", "x", 5)));
  }

  @Test
  void aKeyInAnotherSectionIsAnotherKey() {
    assertEquals(1, problems(new Entry("restart", "exec", "x", 4)).size());
  }

  @Test
  void aSecondValueNamesTheFirst() {
    assertEquals(
        List.of("/etc/a.ini:9: service.type: given twice, first on line 2"),
        problems(new Entry("service", "type", "a", 2), new Entry("service", "type", "b", 9)));
  }

  @Test
  void listsMayBeGivenInSeveralLines() {
    assertEquals(
        List.of(),
        problems(new Entry("depend", "wants", "b", 2), new Entry("depend", "wants", "c", 3)));
  }

  @ParameterizedTest
  @CsvSource({
    "service, exec, 'a ''b', 'a program and its arguments, quoted as in a shell'",
    "service, exec, '\"\"', 'a program and its arguments, quoted as in a shell'",
    "service, supervisor, a/b, 'a name of letters, digits and . _ @ : + -'",
    "service, umask, 99, 'an octal mode, as 022'",
    "service, environment, 1=2, NAME=value",
    "service, stdout, elsewhere, 'log, null, inherit, file:PATH or service:NAME'",
    "service, stop-signal, SIGSTOPP, 'a signal, as TERM, SIGHUP, RTMIN+3 or 15'",
    "service, stop-timeout, 10, 'a duration with its unit, as 500ms, 10s, 5m or 1h, or none'",
    "depend, requires, 'a ../b', 'names of services, with blanks between them'",
    "restart, policy, sometimes, 'always, on-failure, on-status or never'",
    "restart, limit, -1, a whole number from 0 to 999999"
  })
  void aWrongValueSaysWhatWasExpected(String section, String key, String value, String expected) {
    assertEquals(
        List.of(
            "/etc/a.ini:3: %s.%s: expected %s, found \"%s\""
                .formatted(section, key, expected, value)),
        problems(new Entry(section, key, value, 3)));
  }

  @Test
  void allProblemsAreFoundAtOnce() {
    assertEquals(
        3,
        problems(
                new Entry("x", "y", "", 1),
                new Entry("restart", "limit", "x", 2),
                new Entry("restart", "delay", "x", 3))
            .size());
  }

  @Test
  void aTypesKeyPrevailsOverTheCommonOneOfItsName() {
    Key own = Key.of("service", "stop-timeout", Kind.DURATION, "5m", "longer");
    Key other = Key.of("service", "exec", Kind.COMMAND, "run", "none of the common ones");
    Declaration empty = new Declaration("a", "/etc/a.ini", List.of());
    Declaration complete = Keys.complete(empty, List.of(own, other));
    assertEquals("5m", complete.text(Keys.STOP_TIMEOUT));
    assertEquals(1, complete.entries().size());
    assertEquals(List.of(), Keys.check(complete, List.of(own, other)));
    assertEquals(complete, Keys.complete(complete, List.of(own)));
  }
}
