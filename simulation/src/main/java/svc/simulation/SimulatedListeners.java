package svc.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import svc.os.Address;
import svc.os.Errno;
import svc.os.Opened;

/**
 * The sockets that a runtime of the simulated machine has open for services, as {@code
 * svc.posix.Listeners} has them: under the service's name, for whichever version of a role asks.
 */
final class SimulatedListeners {

  private static final Errno EADDRNOTAVAIL =
      new Errno(99, "EADDRNOTAVAIL", "Cannot assign requested address");
  private static final Errno EBADF = new Errno(9, "EBADF", "Bad file descriptor");

  private record Listening(String holder, int descriptor, SimulatedSocket socket) {
    boolean isAt(Address address) {
      return socket.address.equals(address);
    }
  }

  private final SimulatedKernel kernel;
  private final Machine machine;
  private final List<Listening> open = new ArrayList<>();
  private final Map<Integer, Runnable> waiting = new HashMap<>();
  private int last = 100;

  SimulatedListeners(SimulatedKernel kernel, Machine machine) {
    this.kernel = kernel;
    this.machine = machine;
  }

  /** Where a service's are. */
  List<Address> of(String service) {
    return open.stream()
        .filter(each -> each.holder.equals(service))
        .map(each -> each.socket.address)
        .toList();
  }

  SimulatedSocket socket(int descriptor) {
    return open.stream().filter(each -> each.descriptor == descriptor).findFirst().get().socket;
  }

  // What roles ask for

  Opened listen(String holder, Address address, int backlog) {
    Opened known = known(holder, address);
    if (known != null) return known;
    SimulatedSocket socket =
        machine.chance(machine.faults.spawn())
            ? null
            : machine.sockets.bind(kernel, holder, address, backlog);
    if (socket != null) return kept(holder, socket);
    machine.note(kernel.self + " cannot listen for " + holder);
    machine.sockets.watcher().refused(kernel, holder);
    return new Opened(-1, Sockets.EADDRINUSE);
  }

  private Opened known(String holder, Address address) {
    for (Listening each : open) {
      if (!each.isAt(address)) continue;
      return each.holder.equals(holder)
          ? new Opened(each.descriptor, Errno.OK)
          : new Opened(-1, Sockets.EADDRINUSE);
    }
    return null;
  }

  private Opened kept(String holder, SimulatedSocket socket) {
    open.add(new Listening(holder, ++last, socket));
    return new Opened(last, Errno.OK);
  }

  /** Not every kernel lets us (ptrace(2)), and the process may be gone. */
  Opened take(String holder, Address address, int pid, int number) {
    Opened known = known(holder, address);
    if (known != null) return known;
    SimulatedProcess process = machine.process(pid);
    Errno refusal = refusal(process, address, number);
    if (!refusal.ok()) {
      machine.note(kernel.self + " cannot take a socket of " + holder);
      if (machine.sabotage != Sabotage.NEVER_TAKEN)
        machine.sockets.watcher().notTaken(kernel, holder);
      return new Opened(-1, refusal);
    }
    SimulatedSocket socket = process.descriptors.get(number);
    machine.note(kernel.self + " takes " + socket + " from " + process);
    if (machine.sabotage == Sabotage.TAKEN_ANEW && address.isFile())
      return kept(holder, machine.sockets.bind(kernel, holder, address, 1));
    machine.sockets.hold(socket, kernel.self);
    return kept(holder, socket);
  }

  private Errno refusal(SimulatedProcess process, Address address, int number) {
    if (process == null || process.zombie) return Errno.ESRCH;
    if (machine.sabotage == Sabotage.NEVER_TAKEN) return Errno.EPERM;
    if (machine.chance(machine.faults.spawn())) return Errno.EPERM;
    SimulatedSocket socket = process.descriptors.get(number);
    if (socket == null) return EBADF;
    return socket.address.equals(address) ? Errno.OK : EADDRNOTAVAIL;
  }

  Errno await(int descriptor, Runnable arrived) {
    waiting.put(descriptor, arrived);
    if (!socket(descriptor).waiting.isEmpty()) tell(descriptor);
    return Errno.OK;
  }

  void close(String holder, List<Address> except) {
    for (Listening each : List.copyOf(open)) {
      if (!each.holder.equals(holder)) continue;
      boolean stays = except.stream().anyMatch(each::isAt);
      if (!stays || machine.sabotage == Sabotage.SOCKETS_CLOSED) close(each);
    }
  }

  private void close(Listening listening) {
    if (machine.sabotage == Sabotage.SOCKETS_LEFT) return;
    open.remove(listening);
    waiting.remove(listening.descriptor);
    machine.sockets.close(kernel, listening.socket);
  }

  // Who comes

  void arrived(SimulatedSocket socket) {
    for (Listening each : List.copyOf(open)) if (each.socket == socket) tell(each.descriptor);
  }

  /** On the loop, later. */
  private void tell(int descriptor) {
    if (!waiting.containsKey(descriptor) || machine.sabotage == Sabotage.DEMAND_UNHEARD) return;
    kernel.execute(() -> readable(descriptor));
  }

  private void readable(int descriptor) {
    Runnable arrived = waiting.remove(descriptor);
    if (arrived != null) arrived.run();
  }
}
