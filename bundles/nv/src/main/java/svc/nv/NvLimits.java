package svc.nv;

/**
 * How much of a stranger's packet is taken before it is refused. The format itself knows no limits.
 *
 * @param maxDepth levels of lists below the root; 0 allows no list in a list
 * @param maxBytes length of a packet in bytes, its header of 19 included
 * @param maxPairs pairs and elements of list arrays, counted over the whole packet
 * @param maxDescriptors descriptors that travel beside a packet
 */
public record NvLimits(int maxDepth, int maxBytes, int maxPairs, int maxDescriptors) {
  /** 256 levels, 16 MiB, 262,144 pairs, 1,024 descriptors (the usual RLIMIT_NOFILE). */
  public static final NvLimits DEFAULT = new NvLimits(256, 16 << 20, 1 << 18, 1024);

  public NvLimits {
    if (maxDepth < 0 || maxBytes < Wire.HEADER || maxPairs < 0 || maxDescriptors < 0) {
      throw new IllegalArgumentException(
          "limits below 0, or bytes below %d: depth %d, bytes %d, pairs %d, descriptors %d"
              .formatted(Wire.HEADER, maxDepth, maxBytes, maxPairs, maxDescriptors));
    }
  }
}
