package svc.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
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
              Map.entry("start", StartCommand::new),
              Map.entry("stop", StopCommand::new),
              Map.entry("restart", RestartCommand::new),
              Map.entry("target", TargetCommand::new),
              Map.entry("tree", TreeCommand::new),
              Map.entry("shutdown", ShutdownCommand::new),
              Map.entry("events", EventsCommand::new),
              Map.entry("check", CheckCommand::new),
              Map.entry("plan", PlanCommand::new),
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
   * @param program {@code svc}, {@code svc-manager} or {@code svc-supervise}
   * @return the exit status
   */
  static int run(String program, String[] args, Session session) {
    try {
      int status = line(program, args, session).execute(args);
      return session.out().checkError() && status == 0 ? Failure.FAILED : status;
    } catch (Failure e) {
      return report(session, program, e);
    } finally {
      session.err().flush();
    }
  }

  private static CommandLine line(String program, String[] args, Session session) throws Failure {
    CommandLine line =
        switch (program) {
          case "svc" -> svc(args, session);
          case "svc-manager" -> new CommandLine(new ManagerCommand(session));
          case "svc-supervise" -> new CommandLine(new SuperviseCommand(session));
          default -> throw Failure.usage("no program of this name; expected svc.program=svc");
        };
    return line.setExpandAtFiles(false)
        .setOut(new java.io.PrintWriter(session.out(), true))
        .setErr(new java.io.PrintWriter(session.err(), true))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(session.terminal() ? Ansi.ON : Ansi.OFF))
        .setParameterExceptionHandler((e, given) -> misused(session, e))
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
    COMMANDS.values().forEach(made -> line.addSubcommand(made.apply(session)));
    return line.addSubcommand(new CommandLine.HelpCommand());
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
