package svc.posix;

import jnr.posix.Group;
import jnr.posix.POSIX;
import jnr.posix.POSIXFactory;
import jnr.posix.Passwd;
import svc.os.User;

/**
 * Users and groups as the system knows them (getpwnam(3), getgrnam(3)), through jnr-posix, which is
 * loaded when the first service names a user. Loop thread.
 */
final class UserDatabase {

  /** Made when it is needed: its first call costs a quarter of a second. */
  private POSIX posix;

  private POSIX posix() {
    if (posix == null) posix = POSIXFactory.getNativePOSIX();
    return posix;
  }

  /** A number that nobody has is a user of its own, with a group of the same number. */
  User user(String nameOrUid) {
    boolean number = isNumber(nameOrUid);
    Passwd entry =
        number ? posix().getpwuid(Integer.parseInt(nameOrUid)) : posix().getpwnam(nameOrUid);
    if (entry != null) return user(entry);
    if (!number) return null;
    int uid = Integer.parseInt(nameOrUid);
    return new User(nameOrUid, uid, uid, "/", "/bin/sh");
  }

  private static User user(Passwd entry) {
    return new User(
        entry.getLoginName(),
        (int) entry.getUID(),
        (int) entry.getGID(),
        entry.getHome(),
        entry.getShell());
  }

  /** Whether initgroups(3) can work for it. */
  boolean hasEntry(User user) {
    return posix().getpwuid(user.uid()) != null;
  }

  /** A group's number, or -1 when there is no such group. */
  int group(String nameOrGid) {
    if (isNumber(nameOrGid)) return Integer.parseInt(nameOrGid);
    Group entry = posix().getgrnam(nameOrGid);
    return entry == null ? -1 : (int) entry.getGID();
  }

  int effectiveUser() {
    return posix().geteuid();
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,9}");
  }
}
