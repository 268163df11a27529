package svc.posix;

import com.kenai.jffi.Function;
import java.util.ArrayList;
import java.util.List;
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

  private static final Function GETGROUPLIST = Libc.function("getgrouplist", 4);
  private static final int FIRST_GROUPS = 64;

  private final Arena arena = new Arena();

  /** Made when it is needed: its first call costs a quarter of a second. */
  private POSIX posix;

  private POSIX posix() {
    if (posix == null) posix = POSIXFactory.getNativePOSIX();
    return posix;
  }

  /**
   * By name, and by number only what is digits entirely and no name: whoever is called {@code
   * 0day}, or {@code 0}, is never taken for root. A number that nobody has is a user of its own,
   * with a group of the same number.
   */
  User user(String nameOrUid) {
    Passwd entry = posix().getpwnam(nameOrUid);
    if (entry != null) return user(entry);
    if (!isNumber(nameOrUid)) return null;
    int uid = Integer.parseUnsignedInt(nameOrUid);
    entry = posix().getpwuid(uid);
    return entry != null ? user(entry) : new User(nameOrUid, uid, uid, "/", "/bin/sh");
  }

  private static User user(Passwd entry) {
    return new User(
        entry.getLoginName(),
        (int) entry.getUID(),
        (int) entry.getGID(),
        entry.getHome(),
        entry.getShell());
  }

  /** The groups that it is in, its own among them (getgrouplist(3)); its own alone when unknown. */
  List<Integer> groups(User user, int gid) {
    int room = FIRST_GROUPS;
    while (true) {
      byte[] name = Arena.bytes(user.name());
      arena.reset(Arena.room(name) + 64 + (long) room * Integer.BYTES);
      long text = arena.text(name);
      long count = arena.take(Integer.BYTES);
      long groups = arena.take((long) room * Integer.BYTES);
      Arena.MEMORY.putInt(count, room);
      int result = Libc.call(GETGROUPLIST, text, gid, groups, count);
      int found = Arena.MEMORY.getInt(count);
      if (result >= 0) return numbers(groups, found);
      if (found <= room) return List.of(gid);
      room = found;
    }
  }

  private static List<Integer> numbers(long address, int count) {
    List<Integer> numbers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      numbers.add(Arena.MEMORY.getInt(address + (long) i * Integer.BYTES));
    }
    return numbers;
  }

  /** A group's number, or null when there is no such group; by name first, as {@link #user}. */
  Integer group(String nameOrGid) {
    Group entry = posix().getgrnam(nameOrGid);
    if (entry != null) return (int) entry.getGID();
    return isNumber(nameOrGid) ? Integer.parseUnsignedInt(nameOrGid) : null;
  }

  /** (uid_t) -1 is nobody's (credentials(7)). */
  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,10}") && Long.parseLong(text) < 0xFFFF_FFFFL;
  }

  void close() {
    arena.close();
  }
}
