package svc.supervise;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import svc.ipc.Bodies;
import svc.ipc.ErrorCode;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.nv.NvException;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.User;
import svc.service.Declaration;
import svc.service.Durations;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Kind;
import svc.service.ServiceState;
import svc.service.Status;
import svc.supervise.logic.Errand;

/**
 * svc-supervise without a manager: one program, and for whoever is at the other end of a socket
 * that we were started with, the words of the C program that svc began as: {@code status}, {@code
 * kill} and {@code restart}. It asks {@link Supervise} by the messages that a manager sends, and
 * answers one request after the other. Loop thread.
 */
final class Standalone implements Peer, Kernel.Listener {

  /** No limit of restarts, for {@link Keys#LIMIT}. */
  static final int UNLIMITED = 999_999;

  /** Requests are a few hundred bytes; descriptors never travel with them. */
  private static final NvLimits LIMITS = new NvLimits(16, 1 << 20, 1 << 16, 0);

  private static final int STATUS_LIMIT = 8 << 10;

  private static final String KILL = "kill";

  /** All ones, as the C program says it. */
  private static final long UNSET = -1;

  private static final Key EXEC = Key.of("service", "exec", Kind.COMMAND, "", "the program");

  private final Kernel kernel;
  private final Supervise supervise;
  private final Declaration declaration;
  private final int descriptor;
  private final long began;
  private final IntConsumer exit;

  private Status status;
  private long lastStart;
  private boolean known;
  private boolean open;

  /** Whether what came is being looked at. */
  private boolean reading;

  /** The request that is being carried out, and how many bytes it was. */
  private Message asked;

  private Errand errand;
  private int size;

  /** Whether it has been answered, but its bytes are still there. */
  private boolean answered;

  /**
   * @param descriptor of the conversation, or -1
   * @param began when this process did, in milliseconds since 1970
   * @param exit ends the process
   */
  Standalone(
      Kernel kernel,
      Supervise supervise,
      Declaration declaration,
      int descriptor,
      long began,
      IntConsumer exit) {
    this.kernel = kernel;
    this.supervise = supervise;
    this.declaration = declaration;
    this.descriptor = descriptor;
    this.began = began;
    this.exit = exit;
    status = Status.unknown(declaration.name(), declaration.type());
  }

  /**
   * What the command was told, see {@code svc.cli.SuperviseCommand}: SECTION.KEY=VALUE, NUL
   * between.
   */
  static Declaration declaration(String name, String file, String told) {
    List<Declaration.Entry> entries = new ArrayList<>();
    for (String each : told.split("\0")) {
      int dot = each.indexOf('.');
      int equals = each.indexOf('=');
      String key = each.substring(dot + 1, equals);
      entries.add(
          new Declaration.Entry(each.substring(0, dot), key, each.substring(equals + 1), 0));
    }
    return new Declaration(name, file, entries);
  }

  /** Looks what is there first: a version of us before this one may have been told to end it. */
  void begin() {
    supervise.received(this, Message.request(1, Method.EVENTS).build());
  }

  // What the supervisor says

  @Override
  public String id() {
    return "standalone";
  }

  @Override
  public boolean send(NvList list) {
    Message message = Message.of(list);
    if (!message.ok()) refused(message);
    for (NvList each : list.lists("services")) take(Bodies.status(each));
    if (list.exists("service")) take(Bodies.status(list.list("service", NvList.EMPTY)));
    if (message.method().equals(Method.EVENTS) && !known) begun();
    return true;
  }

  @Override
  public void close() {}

  private void begun() {
    known = true;
    boolean keptDown = status.state() == ServiceState.DOWN && isOurs(status);
    if (!keptDown) {
      supervise.received(
          this,
          Message.request(2, Method.START)
              .list("declaration", Bodies.declaration(declaration))
              .build());
    }
    if (descriptor < 0) return;
    Errno errno = kernel.openStream(descriptor, this);
    open = errno.ok();
    if (!open) fail("--manager-fd " + descriptor + ": " + errno);
  }

  private void refused(Message message) {
    if (message.method().equals(Method.START)) fail(message.errorText());
    else if (asked != null) answer(asked.refusal(ErrorCode.FAILED, message.errorText()));
  }

  private void fail(String why) {
    System.err.println("svc-supervise: " + why);
    exit.accept(1);
  }

  private void take(Status now) {
    if (now == null || !now.service().equals(declaration.name())) return;
    if (now.state() == ServiceState.UP && now.pid() != status.pid()) lastStart = now.since();
    status = now;
    if (errand != null) settle();
    if (now.state() == ServiceState.FAILED && isOurs(now))
      fail(now.service() + ": " + now.reason());
  }

  /** A record may be there of a process before this one. */
  private boolean isOurs(Status now) {
    return now.since() >= began;
  }

  private void settle() {
    switch (errand.outcome(status)) {
      case PENDING -> {}
      case DONE -> answer(success(true));
      case FAILED -> answer(success(false));
    }
  }

  private NvList success(boolean success) {
    NvList.Builder answer = asked.answer().bool("success", success);
    if (errand.kind() == Errand.Kind.RESTART) answer.number("pid", status.pid());
    return answer.build();
  }

  // What the other end says

  @Override
  public int arrived(byte[] bytes) {
    if (answered) return forget();
    if (asked != null) return 0;
    reading = true;
    try {
      return next(ByteBuffer.wrap(bytes));
    } catch (NvException e) {
      // out of step: nothing that follows can be understood
      System.err.println("svc-supervise: --manager-fd " + descriptor + ": " + e.getMessage());
      hangUp();
      return 0;
    } finally {
      reading = false;
    }
  }

  private int forget() {
    answered = false;
    asked = null;
    errand = null;
    return size;
  }

  private int next(ByteBuffer bytes) throws NvException {
    if (bytes.remaining() < NvHeader.SIZE) return 0;
    size = NvHeader.read(bytes.slice(), LIMITS).packetSize();
    if (bytes.remaining() < size) return 0;
    asked = Message.of(NvList.unpack(bytes.slice(0, size), LIMITS));
    ask();
    return answered ? forget() : 0;
  }

  private void ask() {
    NvList misuse = asked.misuse();
    if (misuse != null) {
      answer(misuse);
    } else {
      switch (asked.method()) {
        case Method.STATUS -> answer(status());
        case KILL -> begin(Errand.Kind.KILL, Method.STOP);
        case Method.RESTART -> begin(Errand.Kind.RESTART, Method.RESTART);
        default -> answer(asked.refusal(ErrorCode.NO_METHOD, "no method " + asked.method()));
      }
    }
  }

  /** What is there to be done is done once, also where nothing is left to do. */
  private void begin(Errand.Kind kind, String method) {
    errand = new Errand(kind, status.pid());
    if (errand.outcome(status) == Errand.Outcome.DONE) {
      settle();
      return;
    }
    supervise.received(
        this, Message.request(3, method).string("service", declaration.name()).build());
  }

  private NvList status() {
    NvList.Builder answer = asked.answer().string("prog_name", declaration.words(EXEC).get(0));
    if (declaration.has(Keys.CHROOT)) answer.string("dir_chroot", declaration.text(Keys.CHROOT));
    if (declaration.has(Keys.DIRECTORY))
      answer.string("dir_chdir", declaration.text(Keys.DIRECTORY));
    int limit = declaration.number(Keys.LIMIT);
    boolean limited = limit != UNLIMITED;
    return answer
        .number("pid", status.pid())
        .number("uid", uid())
        .number("gid", gid())
        .number("restart_count", status.restarts())
        .number("respawn_delay", seconds(Keys.DELAY))
        .number("respawn_max", limited ? limit : 0)
        .number("respawn_period", limited ? seconds(Keys.PERIOD) : 0)
        .number("respawn_last", lastStart / 1000)
        .build();
  }

  private long seconds(Key key) {
    long nanos = declaration.nanos(key);
    return nanos == Durations.FOREVER ? 0 : nanos / 1_000_000_000L;
  }

  private long uid() {
    User user = user();
    return user == null ? UNSET : Integer.toUnsignedLong(user.uid());
  }

  private long gid() {
    if (declaration.has(Keys.GROUP)) return gidOfProcess();
    User user = user();
    return user == null ? UNSET : Integer.toUnsignedLong(user.gid());
  }

  private User user() {
    return declaration.has(Keys.USER) ? kernel.user(declaration.text(Keys.USER)) : null;
  }

  /** As Linux has it (proc(5), status). */
  private long gidOfProcess() {
    if (status.pid() == 0) return UNSET;
    Content content = kernel.read("/proc/" + status.pid() + "/status", STATUS_LIMIT);
    for (String line : new String(content.bytes(), US_ASCII).split("\n")) {
      if (line.startsWith("Gid:")) return Long.parseLong(line.split("\\s+")[1]);
    }
    return UNSET;
  }

  private void answer(NvList reply) {
    answered = true;
    if (!kernel.sendStream(descriptor, reply.pack()).ok()) hangUp();
    // what came behind it waits
    else if (!reading) kernel.execute(this::readOn);
  }

  private void readOn() {
    if (open) kernel.openStream(descriptor, this);
  }

  private void hangUp() {
    kernel.closeStream(descriptor);
    ended();
  }

  @Override
  public void ended() {
    open = false;
    forget();
  }
}
