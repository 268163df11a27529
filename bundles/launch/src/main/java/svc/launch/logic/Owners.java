package svc.launch.logic;

/** Which files may be trusted by whoever may write to them. */
public final class Owners {

  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int STICKY = 01000;

  private Owners() {}

  /**
   * What is wrong with a file or a directory that we load code from.
   *
   * @param uid its owner
   * @param mode its bits (inode(7))
   * @param us the user that we are
   * @return empty when nothing is
   */
  public static String problem(int uid, int mode, int us) {
    if (uid != 0 && uid != us)
      return "it belongs to user " + uid + ", neither to root nor to user " + us;
    if ((mode & WRITABLE_BY_OTHERS) != 0)
      return "others may write to it (mode " + Integer.toOctalString(mode & 07777) + ")";
    return "";
  }

  /** The same of a directory above: where the sticky bit is, others cannot rename what is ours. */
  public static String problemAbove(int uid, int mode, int us) {
    boolean sticky = (mode & STICKY) != 0;
    return problem(uid, sticky ? mode & ~WRITABLE_BY_OTHERS : mode, us);
  }
}
