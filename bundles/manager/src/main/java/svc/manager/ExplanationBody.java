package svc.manager;

import java.util.ArrayList;
import java.util.List;
import svc.ipc.Bodies;
import svc.manager.logic.Cause;
import svc.manager.logic.Explanation;
import svc.manager.logic.Remedy;
import svc.nv.NvList;
import svc.service.ServiceState;
import svc.service.Status;

/** The reply to {@link svc.ipc.Method#WHY}. */
final class ExplanationBody {

  private ExplanationBody() {}

  /** Adds an explanation to a reply. */
  static NvList add(NvList.Builder answer, Explanation explanation) {
    List<NvList> causes = new ArrayList<>();
    for (Cause cause : explanation.causes()) causes.add(cause(cause));
    List<NvList> remedies = new ArrayList<>();
    for (Remedy remedy : explanation.remedies()) remedies.add(remedy(remedy));
    answer
        .string("service", explanation.service())
        .bool("up", explanation.up())
        .string("hopeless", explanation.hopeless())
        .lists("causes", causes);
    return (remedies.isEmpty() ? answer : answer.lists("remedies", remedies)).build();
  }

  private static NvList cause(Cause cause) {
    Status status = cause.view().status();
    NvList.Builder list =
        NvList.builder()
            .number("depth", cause.depth())
            .string("relation", cause.relation().text())
            .string("service", status.service())
            .string("state", status.state().text())
            .number("since_ms", status.since())
            .number("limit_ms", cause.view().limit())
            .string("text", cause.text())
            .bool("root", cause.root());
    boolean ended =
        status.state() == ServiceState.FAILED || status.state() == ServiceState.BACKING_OFF;
    if (ended && status.lastExit() != null) Bodies.exit(list, status.lastExit());
    return list.build();
  }

  private static NvList remedy(Remedy remedy) {
    return NvList.builder()
        .string("kind", remedy.kind().text())
        .string("subject", remedy.subject())
        .string("text", remedy.text())
        .string("file", remedy.file())
        .number("line", remedy.line())
        .string("command", remedy.command())
        .build();
  }
}
