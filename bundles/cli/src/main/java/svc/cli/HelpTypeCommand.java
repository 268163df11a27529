package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import svc.nv.NvList;
import svc.service.Nearest;

@Command(
    name = "type",
    description = "Explains the keys that a service type has of its own.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class HelpTypeCommand extends Subcommand {

  @Parameters(paramLabel = "NAME", description = "The type, as \"type =\" says it.")
  String name;

  @Mixin ManagerAt manager;

  HelpTypeCommand(Session session) {
    super(session);
  }

  @Override
  public Integer call() throws Failure {
    List<KnownType> types = KnownType.find(manager.places(session)).types();
    for (KnownType type : types) if (type.name().equals(name)) return explain(type);
    List<String> names = types.stream().map(KnownType::name).toList();
    throw Failure.notPossible("no type " + Text.line(name) + Nearest.hint(name, names));
  }

  private int explain(KnownType type) throws Failure {
    session.print(Text.line("type " + type.name() + ", " + type.bundle() + " " + type.version()));
    for (NvList key : type.keys()) explain(key);
    session.print("");
    session.print("and the keys that every type has: man 5 svc");
    session.flush();
    return 0;
  }

  private void explain(NvList key) {
    String usual = key.string("fallback", "");
    session.print("");
    session.print(
        Text.line(
            "["
                + key.string("section", "")
                + "] "
                + key.string("key", "")
                + " = "
                + key.string("kind", "")
                + (key.bool("repeatable", false) ? "; adds up" : "")));
    session.print(Text.line("    " + key.string("help", "")));
    if (!usual.isEmpty()) session.print(Text.line("    default: " + usual));
  }
}
