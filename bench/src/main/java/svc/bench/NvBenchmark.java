package svc.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import svc.nv.NvException;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.nv.NvReader;
import svc.nv.NvText;
import svc.nv.NvWriter;

/**
 * What it costs to pack and to unpack a list of 16 pairs, eight numbers, four bools and four
 * strings, in place ({@link NvWriter}, {@link NvReader}: {@code flyweight*}) and by way of values
 * ({@link NvList}: {@code value*}). Both write the same packet, and both read every name and every
 * value of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NvBenchmark {
  private static final int NUMBERS = 8;
  private static final int BOOLS = 4;
  private static final int STRINGS = 4;

  private final NvText[] names = names();
  private final NvText[] texts = {
    NvText.of("nginx"), NvText.of("running"), NvText.of("daemon"), NvText.of("/run/nginx.pid")
  };
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
  private final byte[] copy = new byte[64];
  private final NvWriter writer = new NvWriter();
  private final NvReader reader = new NvReader();

  private long number;
  private int packed;
  private NvList list;

  private static NvText[] names() {
    NvText[] names = new NvText[NUMBERS + BOOLS + STRINGS];
    for (int i = 0; i < names.length; i++) {
      names[i] = NvText.of("service:pair" + i);
    }
    return names;
  }

  @Setup
  public void prepare() {
    number = 1_000_000;
    packed = write();
    list = build();
    byte[] written = new byte[packed];
    buffer.get(0, written);
    if (!java.util.Arrays.equals(written, list.pack())) {
      throw new IllegalStateException("the two faces write different packets");
    }
  }

  // ---- in place

  @Benchmark
  public int flyweightPack() {
    return write();
  }

  @Benchmark
  public long flyweightUnpack() throws NvException {
    return read(packed);
  }

  @Benchmark
  public long flyweightRoundTrip() throws NvException {
    return read(write());
  }

  private int write() {
    int pair = 0;
    writer.wrap(buffer, 0);
    for (int i = 0; i < NUMBERS; i++) {
      writer.number(names[pair++], number + i);
    }
    for (int i = 0; i < BOOLS; i++) {
      writer.bool(names[pair++], (i & 1) == 0);
    }
    for (int i = 0; i < STRINGS; i++) {
      writer.string(names[pair++], texts[i]);
    }
    return writer.end();
  }

  private long read(int length) throws NvException {
    long sum = 0;
    reader.wrap(buffer, 0, length);
    for (int pair = 0; reader.next(); pair++) {
      sum += reader.nameEquals(names[pair]) ? value() : 0;
    }
    return sum;
  }

  private long value() {
    return switch (reader.type()) {
      case NUMBER -> reader.number();
      case BOOL -> reader.bool() ? 1 : 0;
      case STRING -> string();
      default -> throw new IllegalStateException("not written: " + reader.type());
    };
  }

  private long string() {
    reader.copyValue(copy, 0);
    return copy[0] + reader.valueLength();
  }

  // ---- by way of values

  /** Builds the list too: nobody has one before it is built. */
  @Benchmark
  public int valuePack() {
    return pack(build());
  }

  /** A list that is there already. */
  @Benchmark
  public int valuePackBuilt() {
    return pack(list);
  }

  @Benchmark
  public long valueUnpack() throws NvException {
    return look(unpack(packed));
  }

  @Benchmark
  public long valueRoundTrip() throws NvException {
    return look(unpack(pack(build())));
  }

  private NvList build() {
    int pair = 0;
    NvList.Builder builder = NvList.builder();
    for (int i = 0; i < NUMBERS; i++) {
      builder.number(names[pair++], number + i);
    }
    for (int i = 0; i < BOOLS; i++) {
      builder.bool(names[pair++], (i & 1) == 0);
    }
    for (int i = 0; i < STRINGS; i++) {
      builder.string(names[pair++], texts[i]);
    }
    return builder.build();
  }

  private int pack(NvList whole) {
    whole.pack(buffer.clear());
    return buffer.position();
  }

  private NvList unpack(int length) throws NvException {
    return NvList.unpack(buffer.position(0).limit(length), NvLimits.DEFAULT);
  }

  private long look(NvList whole) {
    long sum = 0;
    int pair = 0;
    for (int i = 0; i < NUMBERS; i++) {
      sum += whole.number(names[pair++], 0);
    }
    for (int i = 0; i < BOOLS; i++) {
      sum += whole.bool(names[pair++], false) ? 1 : 0;
    }
    for (int i = 0; i < STRINGS; i++) {
      sum += whole.text(names[pair++], null).size();
    }
    return sum;
  }
}
