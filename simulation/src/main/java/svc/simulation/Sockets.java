package svc.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import svc.os.Address;
import svc.os.Errno;
import svc.os.ExitStatus;

/**
 * The sockets of a simulated machine that listen, and who comes to them. As on Linux a port is
 * taken for as long as anybody has a socket there, while a Unix socket's file may be removed and
 * made anew under those who listen: nobody finds them any more.
 */
final class Sockets {

  static final Errno EADDRINUSE = new Errno(98, "EADDRINUSE", "Address already in use");

  /** Hears what becomes of sockets, to check it against the rules. */
  interface Watcher {
    /**
     * A runtime opened one for a service.
     *
     * @param others that somebody still has open at the same address
     */
    void bound(SimulatedKernel kernel, SimulatedSocket socket, List<SimulatedSocket> others);

    /** It wanted to. */
    void refused(SimulatedKernel kernel, String service);

    /** It could not have the one that a program has. */
    void notTaken(SimulatedKernel kernel, String service);

    /** It closed one by itself. */
    void closed(SimulatedKernel kernel, SimulatedSocket socket);

    /** The last process that had it has ended. */
    void lost(SimulatedSocket socket, SimulatedProcess last);
  }

  private final Machine machine;
  private final Watcher watcher;

  /** To which socket an address leads; a Unix socket's file stays when that is closed. */
  private final Map<Address, SimulatedSocket> names = new HashMap<>();

  private final List<SimulatedSocket> open = new ArrayList<>();

  Sockets(Machine machine, Watcher watcher) {
    this.machine = machine;
    this.watcher = watcher;
  }

  /** The one to which an address leads; or null. */
  SimulatedSocket at(Address address) {
    SimulatedSocket socket = names.get(address);
    return socket != null && socket.open() ? socket : null;
  }

  /** Those that somebody has open. */
  List<SimulatedSocket> open() {
    return List.copyOf(open);
  }

  // What runtimes do

  /** Null when somebody is there already. */
  SimulatedSocket bind(SimulatedKernel kernel, String service, Address address, int backlog) {
    List<SimulatedSocket> others =
        open.stream().filter(other -> other.address.equals(address)).toList();
    if (!address.isFile() && !others.isEmpty()) return null;
    SimulatedSocket socket = new SimulatedSocket(service, address, backlog);
    names.put(address, socket);
    hold(socket, kernel.self);
    machine.note(kernel.self + " listens at " + socket);
    watcher.bound(kernel, socket, others);
    return socket;
  }

  void hold(SimulatedSocket socket, SimulatedProcess process) {
    if (!socket.open()) open.add(socket);
    socket.holders.add(process);
  }

  /** As by close(2), and unlink(2) where there is a file, whichever socket that leads to by now. */
  void close(SimulatedKernel kernel, SimulatedSocket socket) {
    machine.note(kernel.self + " closes " + socket);
    if (socket.address.isFile()) names.remove(socket.address);
    letGo(socket, kernel.self);
    watcher.closed(kernel, socket);
  }

  Watcher watcher() {
    return watcher;
  }

  // What becomes of processes

  /** What a process forks has what it has itself. */
  void inherit(SimulatedProcess parent, SimulatedProcess child) {
    child.descriptors.putAll(parent.descriptors);
    for (SimulatedSocket socket : child.descriptors.values()) hold(socket, child);
  }

  void ended(SimulatedProcess process) {
    for (SimulatedSocket socket : open()) {
      if (!socket.holders.contains(process)) continue;
      letGo(socket, process);
      if (!socket.open()) watcher.lost(socket, process);
    }
  }

  private void letGo(SimulatedSocket socket, SimulatedProcess process) {
    socket.holders.remove(process);
    if (socket.open()) return;
    open.remove(socket);
    socket.waiting.forEach(visitor -> visitor.state = Visitor.State.DROPPED);
    socket.waiting.clear();
  }

  // Who comes

  /** Somebody connects. */
  Visitor come(String service, Address address) {
    Visitor visitor = new Visitor(service);
    SimulatedSocket socket = at(address);
    boolean refused = socket == null || socket.full();
    machine.note("somebody comes to " + service + (refused ? " and is refused" : ""));
    if (refused) {
      visitor.state = Visitor.State.REFUSED;
      return visitor;
    }
    socket.waiting.add(visitor);
    for (SimulatedProcess holder : List.copyOf(socket.holders)) arrived(holder, socket);
    return visitor;
  }

  private void arrived(SimulatedProcess holder, SimulatedSocket socket) {
    if (holder.kernel != null) holder.kernel.listeners.arrived(socket);
    else if (holder.accepts > 0) machine.after(machine.upTo(5), () -> accept(holder));
  }

  /** A program takes those that wait, as many as it wants, and ends when it has them. */
  void accept(SimulatedProcess process) {
    for (SimulatedSocket socket : process.descriptors.values()) {
      while (process.alive() && !process.doomed && process.accepts > 0) {
        Visitor visitor = socket.waiting.poll();
        if (visitor == null) break;
        machine.note(process + " serves " + visitor);
        visitor.state = Visitor.State.SERVED;
        if (--process.accepts == 0)
          machine.after(machine.upTo(50), () -> machine.end(process, ExitStatus.exited(0)));
      }
    }
  }
}
