package svc.socket;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import svc.ipc.ErrorCode;

/**
 * The memory that the peers of one listening socket make us hold: what is half read, what waits for
 * an answer, what waits to be read. Each has a limit of its own; together they have one too, and
 * where that is passed whoever holds the most is sent away. So a crowd of slow readers does not
 * bring us down, and those that are quick are not touched. Any thread, where not said otherwise.
 */
final class Holdings {

  private final AtomicLong bytes = new AtomicLong();
  private final long limit;
  private final Set<Conversation> conversations;

  /**
   * @param conversations those that may be sent away
   */
  Holdings(Set<Conversation> conversations, long limit) {
    this.conversations = conversations;
    this.limit = limit;
  }

  /** One of them holds more, or less. */
  void change(long difference) {
    bytes.addAndGet(difference);
  }

  /**
   * Sends away whoever holds the most, until it is enough: at once, since whoever makes us hold
   * more may be faster than the loop. Nobody who calls has the lock of a conversation.
   */
  void relieve() {
    while (bytes.get() > limit) {
      Optional<Conversation> most =
          conversations.stream().max(Comparator.comparingLong(Conversation::held));
      if (most.isEmpty() || most.get().held() == 0) return;
      most.get().cutOff();
    }
  }

  /**
   * Makes room for another peer: whoever has asked for nothing for the longest time goes. On the
   * loop.
   *
   * @return false when all of them wait for something
   */
  boolean makeRoom() {
    Optional<Conversation> idle =
        conversations.stream()
            .filter(Conversation::isIdle)
            .min(Comparator.comparingLong(Conversation::heardAt));
    idle.ifPresent(
        each ->
            each.refuse(
                ErrorCode.FAILED,
                Limits.CONVERSATIONS + " clients are connected, and this one asked for nothing"));
    return idle.isPresent();
  }
}
