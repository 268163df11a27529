package svc.os;

/**
 * What somebody sent to one of our sockets, and who, as Linux vouches for it (unix(7),
 * SCM_CREDENTIALS).
 *
 * @param bytes at most 4,096; what was longer is cut
 * @param pid of the sender, which may have ended since; 0 for one of another PID namespace
 * @param uid of the sender, or the one that it may act as and named
 */
public record Datagram(byte[] bytes, int pid, int uid) {}
