package svc.manager;

import java.util.List;
import svc.ipc.Message;
import svc.manager.logic.Reload;
import svc.nv.NvList;
import svc.service.Problem;

/** The answer to {@link svc.ipc.Method#RELOAD}. */
final class ReloadBody {

  private ReloadBody() {}

  static NvList.Builder of(Message request, Reload plan) {
    NvList.Builder answer = request.answer().bool("ok", plan.problems().isEmpty());
    List<NvList> problems = plan.problems().stream().map(ReloadBody::problem).toList();
    if (!problems.isEmpty()) answer.lists("problems", problems);
    List<NvList> changes = plan.changes().stream().map(ReloadBody::change).toList();
    if (!changes.isEmpty()) answer.lists("changes", changes);
    return answer.number("unchanged", plan.unchanged());
  }

  private static NvList problem(Problem problem) {
    return NvList.builder()
        .string("file", problem.file())
        .number("line", problem.line())
        .string("key", problem.key())
        .string("text", problem.text())
        .build();
  }

  private static NvList change(Reload.Change change) {
    NvList.Builder list =
        NvList.builder()
            .string("service", change.service())
            .string("change", change.kind().toString())
            .string("effect", change.effect().toString());
    return (change.keys().isEmpty() ? list : list.strings("keys", change.keys())).build();
  }
}
