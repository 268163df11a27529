package svc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import svc.nv.NvList;

/**
 * One bundle for one runtime, of an update.
 *
 * @param socket of the runtime's svc.update
 * @param plan as {@link svc.ipc.Method#UPDATE_PLAN} gives it
 */
record Item(Path socket, NvList plan) {

  String text(String name) {
    return plan.string(name, "");
  }

  private boolean is(String action) {
    return text("action").equals(action);
  }

  /** It can be done, this way or the other. */
  boolean possible() {
    return is("beside") || is("refresh") || is("runtime");
  }

  boolean needsRuntime() {
    return is("runtime");
  }

  boolean absent() {
    return is("absent");
  }

  String name() {
    return text("runtime") + ": " + text("bundle");
  }

  /** The same where the whole runtime is replaced for another bundle's sake. */
  Item withRuntime() {
    if (absent() || needsRuntime()) return this;
    NvList.Builder list = NvList.builder();
    for (String key : List.of("runtime", "jar", "bundle", "from", "to", "reason"))
      list.string(key, text(key));
    return new Item(socket, list.string("action", "runtime").build());
  }

  // For people

  String how() {
    return switch (text("action")) {
      case "beside" -> "beside the old one";
      case "refresh" -> "refresh";
      case "runtime" -> "with the whole runtime";
      case "absent" -> "not there";
      default -> "cannot be";
    };
  }

  /** What stops and starts. */
  String moved() {
    if (needsRuntime()) return "all of it, its process is executed anew";
    List<String> moved = new ArrayList<>(plan.strings("refreshed"));
    for (String component : plan.strings("restarted")) moved.add(component + " (component)");
    return moved.isEmpty() ? "-" : String.join(" ", moved);
  }
}
