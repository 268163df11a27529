package svc.os;

/**
 * One line of the process table (/proc/PID/stat, proc(5)).
 *
 * @param pid its process id
 * @param parent its parent's
 * @param group its process group
 * @param session its session
 * @param started clock ticks since boot; with the pid it names one process for ever
 * @param zombie it has ended and waits to be reaped
 */
public record ProcessInfo(
    int pid, int parent, int group, int session, long started, boolean zombie) {}
