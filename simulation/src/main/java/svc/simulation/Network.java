package svc.simulation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import svc.ipc.Connector;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;

/**
 * Unix sockets between the processes of a machine. Messages arrive in their order, each a while
 * later; a connection may be closed at any moment, and what is on its way is lost then.
 */
final class Network {

  private static final int LONGEST_DELAY_MS = 3;

  private record Listener(SimulatedProcess owner, Responder responder) {}

  private final Machine machine;
  private final Wire wire;
  private final Map<String, Listener> listeners = new HashMap<>();
  private final List<End> ends = new ArrayList<>();
  private long lastConnection;

  Network(Machine machine, Wire wire) {
    this.machine = machine;
    this.wire = wire;
  }

  void listen(String path, SimulatedProcess owner, Responder responder) {
    listeners.put(path, new Listener(owner, responder));
  }

  /** The names of all that ever listened, as their sockets stay on disk. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (String path : listeners.keySet()) names.add(name(path));
    return names;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1).replace(".sock", "");
  }

  /** What a process connects with. */
  Connector connector(SimulatedProcess from) {
    return (path, responder) -> connect(from, path, responder);
  }

  private Peer connect(SimulatedProcess from, String path, Responder responder) throws IOException {
    Listener listener = listeners.get(path);
    if (listener == null || listener.owner().zombie || listener.owner().hidden)
      throw new IOException(path + ": refused");
    String name = name(path);
    String id = name + "-" + ++lastConnection;
    End near = new End(id, name, from, responder, true);
    End far = new End(id, name, listener.owner(), listener.responder(), false);
    near.other = far;
    far.other = near;
    ends.add(near);
    ends.add(far);
    machine.note(from + " connects to " + name);
    return near;
  }

  /** Another responder is to be spoken to there; who speaks to the last one has to come again. */
  void leave(SimulatedProcess owner) {
    for (End end : List.copyOf(ends)) if (end.owner == owner && !end.client) end.breakOff();
  }

  /** Closes some connection. */
  void disconnectOne() {
    if (ends.isEmpty()) return;
    End end = ends.get(machine.random.nextInt(ends.size()));
    machine.note("connection to " + end.name + " is closed");
    end.breakOff();
  }

  /** A process ended, and with it its connections. */
  void ended(SimulatedProcess process) {
    for (End end : List.copyOf(ends)) {
      if (end.owner != process) continue;
      ends.remove(end);
      end.other.closeLater();
    }
  }

  /** One end, as the process that has it sends and hears. */
  private final class End implements Peer {
    private final String id;
    private final String name;
    private final SimulatedProcess owner;
    private final Responder responder;
    private final boolean client;
    private End other;
    private long lastArrival;
    private boolean broken;
    private boolean closed;

    /** Its owner has closed it, and looks at nothing more that comes. */
    private boolean over;

    End(String id, String name, SimulatedProcess owner, Responder responder, boolean client) {
      this.id = id;
      this.name = name;
      this.owner = owner;
      this.responder = responder;
      this.client = client;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean send(NvList message) {
      if (closed || broken) return false;
      for (NvList changed : client ? wire.asked(name, message) : wire.answered(name, message)) {
        byte[] bytes = changed.pack();
        other.arrive(() -> other.hear(bytes));
      }
      return true;
    }

    /** After everything that is on its way. */
    private void arrive(Runnable what) {
      lastArrival = Math.max(lastArrival, machine.now() + machine.upTo(LONGEST_DELAY_MS));
      machine.after(lastArrival - machine.now(), what);
    }

    private void hear(byte[] bytes) {
      if (closed || broken || over || owner.zombie) return;
      NvList message = unpack(bytes);
      Runnable before =
          client ? () -> wire.heard(name, message) : () -> wire.taken(owner.kernel, message);
      owner.kernel.deliver(before, () -> responder.received(this, message));
    }

    private static NvList unpack(byte[] bytes) {
      try {
        return NvList.unpack(ByteBuffer.wrap(bytes), NvLimits.DEFAULT);
      } catch (NvException e) {
        throw new BrokenRule("a message that cannot be read: " + e.getMessage());
      }
    }

    @Override
    public void close() {
      over = true;
      if (closed) return;
      closeLater();
      other.closeLater();
    }

    private void breakOff() {
      broken = true;
      other.broken = true;
      close();
    }

    private void closeLater() {
      arrive(this::tellClosed);
    }

    private void tellClosed() {
      if (closed || owner.zombie) return;
      closed = true;
      ends.remove(this);
      owner.kernel.enter(() -> responder.closed(this));
    }
  }
}
