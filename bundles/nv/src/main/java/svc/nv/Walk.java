package svc.nv;

import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Goes through a list and all lists in it in the order of the wire, without recursion: a depth that
 * a stranger chose must not decide about our stack.
 */
final class Walk {
  /** What is met on the way. */
  interface Visitor<E extends Exception> {
    /** A pair that is no list and no list array. */
    void value(NvPair pair) throws E;

    /** List {@code index} of the {@code count} lists of an NVLIST (one) or NVLIST ARRAY starts. */
    void begin(NvPair pair, int index, int count, NvList list) throws E;

    /** That list has ended. */
    void end(NvPair pair, int index, int count) throws E;
  }

  private record Frame(NvPair pair, NvList[] lists, int index, Iterator<NvPair> pairs) {
    static Frame of(NvPair pair, NvList[] lists, int index) {
      return new Frame(pair, lists, index, lists[index].pairs().iterator());
    }
  }

  private Walk() {}

  static <E extends Exception> void through(NvList root, Visitor<E> visitor) throws E {
    ArrayDeque<Frame> open = new ArrayDeque<>();
    open.push(Frame.of(null, new NvList[] {root}, 0));
    while (true) {
      Frame frame = open.peek();
      if (frame.pairs.hasNext()) {
        pair(frame.pairs.next(), open, visitor);
      } else if (frame.pair == null) {
        return;
      } else {
        open.pop();
        visitor.end(frame.pair, frame.index, frame.lists.length);
        if (frame.index + 1 < frame.lists.length) {
          begin(frame.pair, frame.lists, frame.index + 1, open, visitor);
        }
      }
    }
  }

  private static <E extends Exception> void pair(
      NvPair pair, ArrayDeque<Frame> open, Visitor<E> visitor) throws E {
    NvList[] lists = pair.heldLists();
    if (lists.length == 0) {
      visitor.value(pair);
    } else {
      begin(pair, lists, 0, open, visitor);
    }
  }

  private static <E extends Exception> void begin(
      NvPair pair, NvList[] lists, int index, ArrayDeque<Frame> open, Visitor<E> visitor) throws E {
    visitor.begin(pair, index, lists.length, lists[index]);
    open.push(Frame.of(pair, lists, index));
  }
}
