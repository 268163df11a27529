package svc.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import svc.manager.LocalWorld;
import svc.manager.logic.Conditions;
import svc.manager.logic.Graph;
import svc.manager.logic.World;
import svc.service.Keys;

@Command(
    name = "plan",
    description = {
      "Shows what would be started for a target, in which order and why.",
      "Services with the same number start at the same time."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class PlanCommand extends OfflineCommand {

  /** One service of the plan and why it stands where it stands. */
  private record Step(
      int stage,
      String service,
      String type,
      String supervisor,
      List<String> after,
      List<String> requiredBy,
      List<String> wantedBy,
      String unmet) {}

  private final World world;

  PlanCommand(Session session) {
    super(session);
    world = new LocalWorld(session.environment());
  }

  private List<Step> steps(Declared declared) {
    Set<String> all = new LinkedHashSet<>();
    declared.plan().stages().forEach(all::addAll);
    List<Step> steps = new ArrayList<>();
    int stage = 0;
    for (List<String> services : declared.plan().stages()) {
      stage++;
      for (String service : services) steps.add(step(declared.graph(), all, stage, service));
    }
    return steps;
  }

  private Step step(Graph graph, Set<String> all, int stage, String service) {
    List<String> after = new ArrayList<>(graph.predecessors(service));
    after.retainAll(all);
    List<String> requiredBy = new ArrayList<>();
    List<String> wantedBy = new ArrayList<>();
    for (String other : all) {
      if (graph.requires(other).contains(service)) requiredBy.add(other);
      else if (graph.wants(other).contains(service)) wantedBy.add(other);
    }
    return new Step(
        stage,
        service,
        graph.declaration(service).type(),
        graph.declaration(service).text(Keys.SUPERVISOR),
        after,
        requiredBy,
        wantedBy,
        Conditions.unmet(graph.declaration(service), world));
  }

  @Override
  void show(Declared declared) {
    Table table = new Table("STEP", "SERVICE", "TYPE", "WHY");
    for (Step step : steps(declared)) {
      table.row(
          Integer.toString(step.stage), step.service, step.type, why(step, declared.target()));
    }
    table.print(session);
  }

  private static String why(Step step, String target) {
    List<String> reasons = new ArrayList<>();
    if (step.service.equals(target)) reasons.add("the target");
    List<String> requiredBy = new ArrayList<>(step.requiredBy);
    // that an undeclared target requires everything tells nothing where there is a better reason
    if (requiredBy.size() > 1) requiredBy.remove(target);
    if (!requiredBy.isEmpty()) reasons.add("required by " + String.join(", ", requiredBy));
    if (!step.wantedBy.isEmpty()) reasons.add("wanted by " + String.join(", ", step.wantedBy));
    if (!step.after.isEmpty()) reasons.add("after " + String.join(", ", step.after));
    if (!step.unmet.isEmpty()) reasons.add("skipped: " + step.unmet);
    return String.join("; ", reasons);
  }

  @Override
  void add(Declared declared, Json object) {
    object.name("steps").open('[');
    if (declared.problems().isEmpty()) for (Step step : steps(declared)) add(step, object);
    object.close(']');
  }

  private static void add(Step step, Json object) {
    object.open('{').field("step", step.stage).field("service", step.service);
    object.field("type", step.type).field("supervisor", step.supervisor);
    object.field("after", step.after).field("required_by", step.requiredBy);
    object.field("wanted_by", step.wantedBy).field("skipped", step.unmet).close('}');
  }
}
