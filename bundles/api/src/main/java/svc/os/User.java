package svc.os;

/** A user as the system's user database has it (passwd(5)). */
public record User(String name, int uid, int gid, String home, String shell) {}
