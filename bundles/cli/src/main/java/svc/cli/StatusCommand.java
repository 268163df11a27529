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
    else table(client, status.list().lists("services"));
    return 0;
  }

  private void table(Client client, List<NvList> services) throws Failure {
    Waits waits = Waits.of(services);
    List<String> others = waits.unknown();
    if (!others.isEmpty()) status(client, others).list().lists("services").forEach(waits::put);
    Table table = new Table("SERVICE", "TYPE", "STATE", "PID", "SINCE", "RESTARTS", "REASON");
    for (NvList service : services) {
      table.row(
          service.string("service", ""),
          service.string("type", ""),
          service.string("state", ""),
          orDash(service.number("pid", 0)),
          age(service),
          Long.toUnsignedString(service.number("restarts", 0)),
          StateLine.why(service, waits));
    }
    table.print(session);
  }

  private static String orDash(long number) {
    return number == 0 ? "-" : Long.toUnsignedString(number);
  }

  /** As {@code 12s/90s} while something is going on, otherwise as {@code 3d2h}. */
  private static String age(NvList service) {
    String clock = Waits.clock(service);
    long since = service.number("since_ms", 0);
    if (!clock.isEmpty()) return clock.strip();
    if (since <= 0) return "-";
    long millis = Math.max(0, System.currentTimeMillis() - since);
    return Durations.format(Math.min(millis, Long.MAX_VALUE / 1_000_000) * 1_000_000);
  }
}
