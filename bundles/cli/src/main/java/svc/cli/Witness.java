package svc.cli;

import java.nio.file.Path;
import java.util.List;
import svc.ipc.Message;
import svc.nv.NvList;
import svc.service.Problem;

/**
 * Says that a replacement touches no service, before it is done, and looks afterwards whether that
 * was so. It knows nothing where no manager answers.
 */
final class Witness {

  private static final String UNKNOWN = "not known, no manager answers";

  private final Places places;

  /** The manager's status before, or null. */
  private final NvList before;

  private Witness(Places places, NvList before) {
    this.places = places;
    this.before = before;
  }

  /** Looks at the services as they are now. */
  static Witness of(Places places) throws Failure {
    return new Witness(places, status(places));
  }

  private static NvList status(Places places) throws Failure {
    try (Client client = Client.connect(places)) {
      Message status = ClientCommand.status(client, List.of());
      return status.list();
    } catch (Failure e) {
      if (e.status() == Failure.UNREACHABLE) return null;
      throw e;
    }
  }

  /**
   * Reads the manager's declarations, as it will itself when its process is executed anew: where
   * they are wrong it would not begin.
   */
  void readDeclarations(Session session) throws Failure {
    if (before == null) throw Failure.unreachable("no manager answers at " + places.socket());
    List<Path> directories = before.strings("directories").stream().map(Path::of).toList();
    Declared declared = Declared.read(directories, before.string("target", ""));
    for (Problem problem : declared.problems()) session.err().println(Text.line("" + problem));
    if (!declared.problems().isEmpty())
      throw Failure.failed("nothing changed; mend what is named above");
  }

  /**
   * Looks again.
   *
   * @return null where it is not known
   */
  List<Touched> seen() throws Failure {
    NvList after = before == null ? null : status(places);
    if (after == null) return null;
    return Touched.seen(before.lists("services"), after.lists("services"));
  }

  // What is said

  /** For people. */
  String plannedLine() {
    return line(before == null ? UNKNOWN : Touched.text(List.of()));
  }

  /** For people; says so where it was not planned. */
  String seenLine(List<Touched> seen) {
    if (seen == null) return line(UNKNOWN);
    return line(Touched.text(seen) + (seen.isEmpty() ? ", as planned" : "; planned: none"));
  }

  private static String line(String text) {
    return Text.line("services touched: " + text);
  }

  /** {@code services_to_touch}, null where it is not known. */
  void plannedTo(Json object) {
    write(object.name("services_to_touch"), before == null ? null : List.of());
  }

  /** {@code services_touched}, null where it is not known. */
  static void seenTo(Json object, List<Touched> seen) {
    write(object.name("services_touched"), seen);
  }

  private static void write(Json object, List<Touched> touched) {
    if (touched == null) object.nothing();
    else object.lists(touched.stream().map(Touched::list).toList());
  }
}
