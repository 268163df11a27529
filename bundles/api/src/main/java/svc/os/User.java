package svc.os;

/**
 * A user as the system's user database has it (passwd(5)).
 *
 * @param name the login name
 * @param uid the user's number
 * @param gid the number of the user's own group
 * @param home the home directory
 * @param shell the login shell
 */
public record User(String name, int uid, int gid, String home, String shell) {}
