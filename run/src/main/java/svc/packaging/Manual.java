package svc.packaging;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import svc.init.logic.Settings;
import svc.service.Key;

/** The man page of a program, of what its {@code --help} is made of. */
final class Manual {

  private static final String STATUS = "Exit status: ";

  private Manual() {}

  static String page(CommandLine program, int section, Roff.Edition edition) {
    CommandSpec spec = program.getCommandSpec();
    String description = String.join(" ", spec.usageMessage().description());
    Roff roff = new Roff(spec.name(), section, edition, gist(description));
    roff.section("Synopsis");
    if (program.getSubcommands().isEmpty()) synopses(program).forEach(roff::synopsis);
    else roff.synopsis(spec.name() + " COMMAND [ARGUMENT...]");
    roff.section("Description").paragraph(description);
    arguments(roff.section("Options"), spec);
    if (!program.getSubcommands().isEmpty()) {
      roff.section("Commands");
      commands(roff, program);
    }
    footer(roff, spec);
    if (spec.name().equals("svc-init")) configuration(roff);
    roff.section("Environment")
        .item("SVC_SOCKET", List.of("The manager's socket, where --socket does not name it."))
        .item("SVC_JAVA_OPTS", List.of("More options for the Java virtual machine."))
        .item("JAVA_HOME", List.of("The Java to use, where the package brings none of its own."));
    roff.section("Files")
        .item("/etc/svc/NAME.ini", List.of("Declarations; a user's are in ~/.config/svc."))
        .item("/etc/svc/init.conf", List.of("How svc-init boots and shuts down."))
        .item(
            "/run/.svc-sock",
            List.of("The manager's socket; a user's is $XDG_RUNTIME_DIR/svc/sock."))
        .item("/run/svc", List.of("Records of the services, sockets of the supervisors."))
        .item("/var/log/svc/NAME.log", List.of("What the services print."));
    roff.section("See also")
        .paragraph("svc(1), svc(5), svc-init(8), svc-manager(8), svc-supervise(8)");
    return roff.toString();
  }

  private static void commands(Roff roff, CommandLine parent) {
    for (CommandLine command : new LinkedHashSet<>(parent.getSubcommands().values())) {
      CommandSpec spec = command.getCommandSpec();
      if (spec.name().equals("help")) continue;
      if (command.getSubcommands().isEmpty()) {
        roff.part(synopsis(command));
        roff.paragraph(String.join(" ", spec.usageMessage().description()));
        arguments(roff, spec);
      }
      commands(roff, command);
    }
  }

  /** On one line; every program and command has --help and --version, which need not be said. */
  private static String synopsis(CommandLine command) {
    String text = command.getHelp().synopsis(0).replaceAll("\\s+", " ").strip();
    return text.replace(" [-hV]", "");
  }

  private static List<String> synopses(CommandLine program) {
    String[] custom = program.getCommandSpec().usageMessage().customSynopsis();
    if (custom.length == 0) return List.of(synopsis(program));
    return Stream.of(custom).map(String::strip).toList();
  }

  private static void arguments(Roff roff, CommandSpec spec) {
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      roff.item(parameter.paramLabel(), description(parameter));
    }
    boolean top = spec.parent() == null;
    for (OptionSpec option : spec.options()) {
      if (option.usageHelp() || option.versionHelp() ? top : !option.hidden()) {
        roff.item(term(option), description(option));
      }
    }
  }

  private static List<String> description(ArgSpec argument) {
    return List.of(argument.description());
  }

  private static String term(OptionSpec option) {
    List<String> names = new ArrayList<>(List.of(option.names()));
    String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    return String.join(", ", names) + value;
  }

  private static void configuration(Roff roff) {
    roff.section("Configuration").paragraph("The keys of init.conf, by section:");
    for (Key key : Settings.KEYS) {
      String usual = key.fallback().isEmpty() ? "" : "(default: " + key.fallback() + ")";
      String term = "[" + key.section() + "] " + key.name() + " = " + key.kind().expected();
      roff.item(term, List.of(key.help(), usual));
    }
  }

  private static void footer(Roff roff, CommandSpec spec) {
    String footer = String.join(" ", spec.usageMessage().footer()).strip();
    if (footer.startsWith(STATUS)) {
      roff.section("Exit status").paragraph(footer.substring(STATUS.length()));
    } else if (!footer.isEmpty()) {
      roff.section("Notes").paragraph(footer);
    }
  }

  /** As man pages have it in NAME: what is said first, without capital and full stop. */
  private static String gist(String text) {
    String first = text.split("[.:;]", 2)[0];
    return Character.toLowerCase(first.charAt(0)) + first.substring(1);
  }
}
