package svc.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import svc.ipc.Message;
import svc.nv.NvList;
import svc.service.Durations;

@Command(
    name = "status",
    description = "Shows what every service does, and why.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class StatusCommand extends ClientCommand {

  @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
  List<String> services;

  @Option(names = "--json", description = "One JSON object, with the names of the wire.")
  boolean json;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  boolean repeatable() {
    return true;
  }

  @Override
  int talk(Client client) throws Failure {
    Message status = status(client, services);
    if (json) session.print(json(status));
    else table(status.list().lists("services"));
    return 0;
  }

  private void table(List<NvList> services) {
    Table table = new Table("SERVICE", "TYPE", "STATE", "PID", "SINCE", "RESTARTS", "REASON");
    for (NvList service : services) {
      table.row(
          service.string("service", ""),
          service.string("type", ""),
          service.string("state", ""),
          orDash(service.number("pid", 0)),
          age(service.number("since_ms", 0)),
          Long.toUnsignedString(service.number("restarts", 0)),
          StateLine.why(service));
    }
    table.print(session);
  }

  private static String orDash(long number) {
    return number == 0 ? "-" : Long.toUnsignedString(number);
  }

  private static String age(long since) {
    if (since <= 0) return "-";
    long millis = Math.max(0, System.currentTimeMillis() - since);
    return Durations.format(Math.min(millis, Long.MAX_VALUE / 1_000_000) * 1_000_000);
  }
}
