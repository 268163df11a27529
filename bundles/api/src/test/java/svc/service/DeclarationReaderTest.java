package svc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import svc.service.Declaration.Entry;

class DeclarationReaderTest {

  private static DeclarationReader.Reading read(String text) {
    return DeclarationReader.read(new Source("web", "web.ini", text));
  }

  private static List<String> problems(String text) {
    return read(text).problems().stream().map(Problem::toString).toList();
  }

  @Test
  void linesKeepTheirOrderAndTheirNumbers() {
    assertEquals(
        List.of(
            new Entry("service", "type", "daemon", 2),
            new Entry("depend", "wants", "b", 5),
            new Entry("depend", "wants", "c", 6)),
        read("[service]\n type = daemon\n\n[ depend ]\r\nwants=b\n  wants  =c  \n")
            .declaration()
            .entries());
  }

  @Test
  void commentsStandOnLinesOfTheirOwn() {
    String text = "# one\n  ; two\n[service]\nexec = a # b ; c = d\n";
    assertEquals(
        List.of(new Entry("service", "exec", "a # b ; c = d", 4)),
        read(text).declaration().entries());
    assertEquals(List.of(), read(text).problems());
  }

  @Test
  void aValueMayBeEmptyAndMayHoldEqualSigns() {
    assertEquals(
        List.of(new Entry("s", "a", "", 2), new Entry("s", "b", "c=d", 3)),
        read("[s]\na =\nb = c=d").declaration().entries());
  }

  @Test
  void everyLineThatCannotBeReadSaysWhatWasExpected() {
    assertEquals(
        List.of(
            "web.ini:1: \"type\" stands in no section; expected [service] above it",
            "web.ini:2: expected [section], found \"[service\"",
            "web.ini:3: expected [section], found \"[ ]\"",
            "web.ini:4: expected [section] or key = value, found \"exec\"",
            "web.ini:5: expected [section] or key = value, found \"= x\"",
            "web.ini:6: a NUL byte; expected text"),
        problems("type = daemon\n[service\n[ ]\nexec\n= x\na = \0"));
  }

  @Test
  void theOtherLinesAreReadAllTheSame() {
    assertEquals(
        List.of(new Entry("service", "exec", "x", 3)),
        read("[service]\nnonsense\nexec = x").declaration().entries());
  }

  @Test
  void aFileHasToBeNamedAsAService() {
    Source source = new Source("-web", "-web.ini", "");
    assertEquals(
        "-web.ini: \"-web\" is no service name; expected a name of letters, digits and . _ @ : + -",
        DeclarationReader.read(source).problems().get(0).toString());
  }
}
