package svc.manager.logic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import svc.service.Declaration;
import svc.service.Keys;
import svc.service.Problem;
import svc.service.Source;

/** Several directories, drop-ins, masks and instances. */
class LayersTest {

  private final List<Layer> layers = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  /** Pairs of a file's path and its text; {@code x.ini.d/y.ini} is a drop-in. */
  private void directory(String name, String... files) {
    List<Source> declarations = new ArrayList<>();
    List<Source> dropIns = new ArrayList<>();
    for (int i = 0; i < files.length; i += 2) {
      String service = files[i].substring(0, files[i].indexOf(".ini"));
      Source source = new Source(service, name + "/" + files[i], files[i + 1]);
      (files[i].contains(".ini.d/") ? dropIns : declarations).add(source);
    }
    layers.add(new Layer(name, declarations, dropIns));
  }

  private Configuration read() {
    return Configuration.of(layers, type -> null, asked);
  }

  private Declaration good(String service) {
    Configuration configuration = read();
    assertEquals(List.of(), configuration.problems());
    return configuration.declarations().get(service);
  }

  private List<String> problems() {
    return read().problems().stream().map(Problem::toString).toList();
  }

  @Test
  void ofOneNameTheFirstDirectoryCounts() {
    directory("/etc", "a.ini", "[service]\nuser = mine");
    directory("/usr", "a.ini", "[service]\nuser = theirs", "b.ini", "[service]");
    assertEquals("mine", good("a").text(Keys.USER));
    assertEquals("/usr/b.ini", good("b").file());
    assertEquals(
        new Origin("/etc/a.ini", List.of(), List.of("/usr/a.ini"), false),
        read().origins().get("a"));
  }

  @Test
  void anEmptyFileMasksTheName() {
    directory("/etc", "a.ini", "");
    directory("/usr", "a.ini", "[service]", "b.ini", "[depend]\nwants = a");
    assertEquals(Set.of("b"), read().declarations().keySet());
    assertTrue(read().origins().get("a").masked());
    assertEquals(
        List.of(
            "/usr/b.ini:2: depend.wants: no service a is declared; /etc/a.ini is empty and masks"
                + " it"),
        problems());
  }

  @Test
  void dropInsOfAllDirectoriesAreMergedInTheOrderOfTheirNames() {
    directory("/etc", "a.ini.d/20.ini", "[service]\nuser = twenty");
    directory(
        "/usr",
        "a.ini",
        "[service]\nuser = zero\nenvironment = A=0",
        "a.ini.d/10.ini",
        "[service]\nuser = ten\nenvironment = B=1");
    assertEquals("twenty", good("a").text(Keys.USER));
    assertEquals(List.of("A=0", "B=1"), good("a").all(Keys.ENVIRONMENT));
    assertEquals(
        List.of("/usr/a.ini.d/10.ini", "/etc/a.ini.d/20.ini"), read().origins().get("a").dropIns());
  }

  @Test
  void ofDropInsOfOneNameTheFirstDirectoryCounts() {
    directory("/etc", "a.ini.d/x.ini", "", "a.ini.d/y.ini", "[service]\nuser = mine");
    directory(
        "/usr",
        "a.ini",
        "[service]",
        "a.ini.d/x.ini",
        "[service]\ngroup = theirs",
        "a.ini.d/y.ini",
        "[service]\nuser = theirs");
    assertFalse(good("a").has(Keys.GROUP));
    assertEquals("mine", good("a").text(Keys.USER));
  }

  @Test
  void anEmptyValueClearsWhatWasBefore() {
    directory(
        "/etc",
        "a.ini",
        "[service]\nuser = x\nenvironment = A=0\nstop-timeout = 1s",
        "a.ini.d/1.ini",
        "[service]\nuser =\nenvironment =\nenvironment = B=1\nstop-timeout =");
    assertFalse(good("a").has(Keys.USER));
    assertFalse(good("a").has(Keys.STOP_TIMEOUT));
    assertEquals(List.of("B=1"), good("a").all(Keys.ENVIRONMENT));
  }

  @Test
  void problemsNameTheDropInAndItsLine() {
    directory(
        "/etc",
        "a.ini",
        "[service]",
        "a.ini.d/1.ini",
        "[service]\nstop-timeout = soon\n[depend]\nwants = nobody",
        "a.ini.d/2.ini",
        "[service]\nuser = a\nuser = b\nnonsense");
    assertEquals(
        List.of(
            "/etc/a.ini.d/2.ini:4: expected [section] or key = value, found \"nonsense\"",
            "/etc/a.ini.d/1.ini:2: service.stop-timeout: expected a duration with its unit, as"
                + " 500ms, 10s, 5m or 1h, or none, found \"soon\"",
            "/etc/a.ini.d/2.ini:3: service.user: given twice, first on line 2",
            "/etc/a.ini.d/1.ini:4: depend.wants: no service nobody is declared"),
        problems());
  }

  @Test
  void anInstanceIsMadeForWhoNamesIt() {
    directory(
        "/etc",
        "web.ini",
        "[depend]\nrequires = db@shop",
        "db@.ini",
        "[service]\ndirectory = /srv/%i\ndescription = %p for %i: %n, 100%%\n[depend]\nwants = net@%i",
        "net@.ini",
        "[service]\nuser = net",
        "db@.ini.d/1.ini",
        "[service]\numask = 077",
        "db@shop.ini.d/1.ini",
        "[service]\ngroup = %i");
    Declaration shop = good("db@shop");
    assertEquals("/srv/shop", shop.text(Keys.DIRECTORY));
    assertEquals("db for shop: db@shop, 100%", shop.text(Keys.DESCRIPTION));
    assertEquals("077", shop.text(Keys.UMASK));
    assertEquals("shop", shop.text(Keys.GROUP));
    assertEquals("/etc/db@.ini", shop.file());
    assertEquals(Set.of("web", "db@shop", "net@shop"), read().declarations().keySet());
    assertEquals(Set.of("db@", "net@"), read().templates());
  }

  @Test
  void anInstanceIsMadeForALinkToItsTemplateAndForWhoAsks() {
    String template = "[service]\nenvironment = NAME=%i";
    asked.addAll(List.of("a@z", "b@z"));
    directory("/etc", "a@.ini", template, "a@x.ini", template, "a@y.ini", "[service]\nuser = %I");
    assertEquals(Set.of("a@x", "a@y", "a@z"), read().declarations().keySet());
    assertEquals(List.of("NAME=x"), good("a@x").all(Keys.ENVIRONMENT));
    assertEquals(List.of("NAME=y"), good("a@y").all(Keys.ENVIRONMENT));
    assertEquals("y", good("a@y").text(Keys.USER));
  }

  @Test
  void dashesOfAnInstanceCanBeSlashes() {
    assertEquals("var/log", Instance.of("m@var-log").orElseThrow().expand("%I").orElseThrow());
  }

  @Test
  void anUnknownPercentIsAProblemAndOnlyInAnInstance() {
    directory("/etc", "a@x.ini", "[service]\ndirectory = %z", "b.ini", "[service]\nuser = %z");
    assertEquals(
        List.of(
            "/etc/a@x.ini:2: service.directory: unknown % in \"%z\"; there is " + Instance.KNOWN),
        problems());
  }

  @Test
  void aTemplateWithoutInstancesIsReadAllTheSame() {
    directory("/etc", "a@.ini", "nonsense");
    assertEquals(1, problems().size());
    assertEquals(Set.of(), read().declarations().keySet());
  }

  @Test
  void aMaskedInstanceIsNotMade() {
    asked.add("a@x");
    directory("/etc", "a@.ini", "[service]", "a@x.ini", "");
    assertEquals(Set.of(), read().declarations().keySet());
  }
}
