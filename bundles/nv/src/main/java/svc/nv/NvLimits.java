package svc.nv;

/**
 * How much of a stranger's packet is taken before it is refused. The format itself knows no limits.
 *
 * @param maxDepth levels of lists below the root; 0 allows no list in a list
 * @param maxBytes length of a packet in bytes, its header of 19 included; 1 GiB at the most
 * @param maxPairs pairs, and elements of list and string arrays, counted over the whole packet:
 *     each becomes an object
 * @param maxDescriptors descriptors that travel beside a packet
 */
public record NvLimits(int maxDepth, int maxBytes, int maxPairs, int maxDescriptors) {
  /** 256 levels, 16 MiB, 262,144 pairs, 1,024 descriptors (the usual RLIMIT_NOFILE). */
  public static final NvLimits DEFAULT = new NvLimits(256, 16 << 20, 1 << 18, 1024);

  /**
   * Checks that they are possible.
   *
   * @param maxDepth from 0
   * @param maxBytes from 19 to 1 GiB
   * @param maxPairs from 0
   * @param maxDescriptors from 0
   * @throws IllegalArgumentException when one of them is not
   */
  public NvLimits {
    within("depth", maxDepth, 0, Integer.MAX_VALUE);
    within("bytes", maxBytes, Wire.HEADER, 1 << 30);
    within("pairs", maxPairs, 0, Integer.MAX_VALUE);
    within("descriptors", maxDescriptors, 0, Integer.MAX_VALUE);
  }

  private static void within(String what, int limit, int least, int most) {
    if (limit < least || limit > most) {
      throw new IllegalArgumentException(
          "a limit of %d %s; %d to %d are possible".formatted(limit, what, least, most));
    }
  }
}
