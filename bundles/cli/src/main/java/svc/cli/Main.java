package svc.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import svc.os.ExactText;
import svc.service.Nearest;

/**
 * The programs' entry. The system property {@code svc.program} says which one this is, {@code
 * svc.home} where it is installed.
 */
public final class Main {

  /**
   * What {@code svc} can do. picocli reads a command's options by reflection, so only the one that
   * is asked for is made.
   */
  private static final Map<String, Function<Session, Subcommand>> COMMANDS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("up", UpCommand::new),
              Map.entry("status", StatusCommand::new),
              Map.entry("why", WhyCommand::new),
              Map.entry("start", StartCommand::new),
              Map.entry("stop", StopCommand::new),
              Map.entry("restart", RestartCommand::new),
              Map.entry("target", TargetCommand::new),
              Map.entry("reload", ReloadCommand::new),
              Map.entry("enable", EnableCommand::new),
              Map.entry("disable", DisableCommand::new),
              Map.entry("pin", PinCommand::new),
              Map.entry("unpin", UnpinCommand::new),
              Map.entry("tree", TreeCommand::new),
              Map.entry("graph", GraphCommand::new),
              Map.entry("logs", LogsCommand::new),
              Map.entry("kill", KillCommand::new),
              Map.entry("shutdown", ShutdownCommand::new),
              Map.entry("events", EventsCommand::new),
              Map.entry("check", CheckCommand::new),
              Map.entry("plan", PlanCommand::new),
              Map.entry("update", UpdateCommand::new),
              Map.entry("upgrade", UpgradeCommand::new),
              Map.entry("types", TypesCommand::new),
              Map.entry("nv", NvCommand::new),
              Map.entry("dump-inifile", DumpInifileCommand::new)));

  private Main() {}

  public static void main(String[] args) {
    // always UTF-8, whatever the locale: names and output of services are bytes to us
    PrintStream out = stream(FileDescriptor.out);
    PrintStream err = stream(FileDescriptor.err);
    String program = System.getProperty("svc.program", "svc");
    int status = run(program, args, Session.ofProcess(System.in, out, err));
    out.flush();
    err.flush();
    System.exit(status);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor), 8192),
        false,
        StandardCharsets.UTF_8);
  }

  /**
   * Runs one command.
   *
   * @param program {@code svc}, {@code svc-init}, {@code svc-manager} or {@code svc-supervise}
   * @return the exit status
   */
  static int run(String program, String[] args, Session session) {
    try {
      List<String> words = List.of(args);
      int dashes = program.equals("svc-init") ? words.indexOf("--") : -1;
      List<String> own = dashes < 0 ? words : words.subList(0, dashes);
      List<String> rest = dashes < 0 ? List.of() : exact(words.subList(dashes + 1, words.size()));
      CommandLine line = line(program, args, rest, session);
      int status = line.execute(own.toArray(String[]::new));
      return session.out().checkError() && status == 0 ? Failure.FAILED : status;
    } catch (Failure e) {
      return report(session, program, e);
    } finally {
      session.err().flush();
    }
  }

  /**
   * A program with all of its commands, for what is made of it at build time: man page, completion.
   */
  public static CommandLine program(String name) {
    try {
      Session session = Session.ofProcess(System.in, System.out, System.err);
      return line(name, new String[] {"--help"}, List.of(), session);
    } catch (Failure none) {
      throw new IllegalArgumentException(name, none);
    }
  }

  /**
   * Arguments as they were given: Java's own view of them depends on the locale, and there is none
   * in a container.
   */
  private static List<String> exact(List<String> last) {
    try {
      byte[] bytes = Files.readAllBytes(Path.of("/proc/self/cmdline"));
      List<String> all = Arrays.asList(ExactText.of(bytes).split("\0", -1));
      List<String> words = all.subList(all.size() - 1 - last.size(), all.size() - 1);
      return all.get(all.size() - 2 - last.size()).equals("--") ? List.copyOf(words) : last;
    } catch (IOException | IndexOutOfBoundsException e) {
      return last;
    }
  }

  private static CommandLine line(String program, String[] args, List<String> rest, Session session)
      throws Failure {
    CommandLine line =
        switch (program) {
          case "svc" -> svc(args, session);
          case "svc-manager" -> new CommandLine(new ManagerCommand(session));
          case "svc-init" -> new CommandLine(new InitCommand(session, rest));
          case "svc-supervise" -> new CommandLine(new SuperviseCommand(session));
          default -> throw Failure.usage("no program of this name; expected svc.program=svc");
        };
    // what the kernel hands on to process 1 may be anything, and must not keep it from coming up
    boolean first = program.equals("svc-init") && ProcessHandle.current().pid() == 1;
    // what follows a program is its own
    line.setStopAtPositional(program.equals("svc-supervise"));
    return line.setExpandAtFiles(false)
        .setUnmatchedArgumentsAllowed(first)
        .setOut(new java.io.PrintWriter(session.out(), true))
        .setErr(new java.io.PrintWriter(session.err(), true))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(session.terminal() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler(
            (e, given) ->
                first && InitCommand.onMachine(session)
                    ? withoutWords(session, e)
                    : misused(session, e))
        .setExecutionExceptionHandler((e, failed, parsed) -> ended(session, e, failed));
  }

  private static CommandLine svc(String[] args, Session session) throws Failure {
    if (args.length == 0) throw Failure.usage("expected a command; svc --help lists them");
    String name = args[0];
    CommandLine line = new CommandLine(new SvcCommand());
    if (COMMANDS.containsKey(name)) return line.addSubcommand(COMMANDS.get(name).apply(session));
    if (!name.startsWith("-") && !name.equals("help")) {
      String hint = Nearest.hint(name, COMMANDS.keySet());
      hint = hint.isEmpty() ? "; svc --help lists them" : hint;
      throw Failure.usage("no command " + Text.line(name) + hint);
    }
    if (name.equals("help") && args.length > 1 && args[1].equals("type"))
      return line.addSubcommand(helpType(session));
    COMMANDS.values().forEach(made -> line.addSubcommand(made.apply(session)));
    return line.addSubcommand(new CommandLine.HelpCommand());
  }

  /** What help there is about what is no command. */
  private static CommandLine helpType(Session session) {
    CommandLine help = new CommandLine(CommandLine.Model.CommandSpec.create().name("help"));
    return help.addSubcommand(new HelpTypeCommand(session));
  }

  /** An option that the kernel has cut from its value is told and passed over. */
  private static int withoutWords(Session session, CommandLine.ParameterException e) {
    misused(session, e);
    session.err().flush();
    return e.getCommandLine().execute();
  }

  private static int misused(Session session, CommandLine.ParameterException e) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String first = e.getMessage().lines().findFirst().orElse("cannot be understood");
    String text = Character.toLowerCase(first.charAt(0)) + first.substring(1);
    session.err().println(command + ": " + Text.line(text) + "; see " + command + " --help");
    return Failure.USAGE;
  }

  private static int ended(Session session, Exception e, CommandLine failed) throws Exception {
    if (!(e instanceof Failure failure)) throw e;
    return report(session, failed.getCommandSpec().qualifiedName(), failure);
  }

  private static int report(Session session, String command, Failure e) {
    session.out().flush();
    if (!e.getMessage().isEmpty()) session.err().println(command + ": " + e.getMessage());
    return e.status();
  }
}
