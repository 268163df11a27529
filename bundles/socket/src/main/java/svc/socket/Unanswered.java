package svc.socket;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvList;

/**
 * The requests that a peer made and that nobody answered yet, in their order: should whoever has
 * them leave, they are given to the next. One for {@link Method#EVENTS} stays, since its answers
 * never end, unless it was refused. Not for several threads at once.
 */
final class Unanswered {

  private final List<Message> requests = new ArrayList<>();
  private long bytes;

  /**
   * Keeps what was received, if it is a request.
   *
   * @return false when too much is kept already
   */
  boolean add(NvList list) {
    Message message = Message.of(list);
    if (message.reply()) return true;
    if (requests.size() >= Limits.UNANSWERED) return false;
    if (bytes + list.packedSize() > Limits.UNANSWERED_BYTES) return false;
    requests.add(message);
    bytes += list.packedSize();
    return true;
  }

  /** Drops the oldest request that this answers. */
  void answered(NvList list) {
    Message reply = Message.of(list);
    if (!reply.reply()) return;
    for (Iterator<Message> each = requests.iterator(); each.hasNext(); ) {
      Message request = each.next();
      if (request.id() != reply.id()) continue;
      if (!lasts(request, reply)) {
        each.remove();
        bytes -= request.list().packedSize();
      }
      return;
    }
  }

  private static boolean lasts(Message request, Message reply) {
    return request.method().equals(Method.EVENTS) && reply.ok();
  }

  /** Bytes of memory, about: as objects they are much more than as they were received. */
  long held() {
    return bytes + (long) requests.size() * Limits.REQUEST_BYTES;
  }

  void clear() {
    requests.clear();
    bytes = 0;
  }

  boolean isEmpty() {
    return requests.isEmpty();
  }

  List<NvList> lists() {
    return requests.stream().map(Message::list).toList();
  }
}
