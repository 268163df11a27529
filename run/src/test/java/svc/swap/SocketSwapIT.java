package svc.swap;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.URL;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.nv.NvException;
import svc.nv.NvHeader;
import svc.nv.NvLimits;
import svc.nv.NvList;
import svc.patience.Patience;

/**
 * The all-in-one composition, in which {@code svc.socket} is replaced while clients ask over its
 * socket: none of them is refused, cut off or left without an answer.
 */
@RunWith(PaxExam.class)
public class SocketSwapIT {

  private static final String SOCKET = "svc.socket";
  private static final int CLIENTS = 4;
  private static final int SWAPS = 20;
  private static final long PATIENCE_SECONDS = 60;

  @Inject private BundleContext context;

  private final AtomicLong answered = new AtomicLong();
  private volatile boolean ended;

  /** Pax Exam runs this outside of the framework. */
  @Configuration
  public Option[] composition() throws IOException {
    Path directory = Files.createTempDirectory("svc-socket-swap");
    Files.writeString(
        directory.resolve("sleeper.ini"), "[service]\ntype = daemon\nexec = sleep 1000\n");
    Files.writeString(
        directory.resolve("default.ini"), "[service]\ntype = target\n[depend]\nwants = sleeper\n");
    List<Option> bundles = new ArrayList<>();
    for (String name : composed()) bundles.add(bundle(reference(name)));
    return options(
        junitBundles(),
        composite(bundles.toArray(Option[]::new)),
        frameworkProperty(Constants.FRAMEWORK_BSNVERSION)
            .value(Constants.FRAMEWORK_BSNVERSION_MULTIPLE),
        frameworkProperty("svc.copy").value(reference(SOCKET).replace("reference:", "")),
        frameworkProperty("svc.home").value(Path.of("target/dist").toAbsolutePath().toString()),
        frameworkProperty("svc.run").value(directory.resolve("run").toString()),
        frameworkProperty("svc.log").value(directory.resolve("log").toString()),
        frameworkProperty("svc.socket").value(directory.resolve("sock").toString()),
        frameworkProperty("svc.declarations").value(directory.toString()),
        frameworkProperty("svc.target").value("default"),
        frameworkProperty("svc.main").value("manager"),
        frameworkProperty("svc.supervise").value("local"));
  }

  /** The names in the lock, {@code -runbundles}. */
  private static List<String> composed() throws IOException {
    Properties descriptor = new Properties();
    try (Reader text = Files.newBufferedReader(Path.of("all-in-one.bndrun"))) {
      descriptor.load(text);
    }
    List<String> names = new ArrayList<>();
    for (String entry : descriptor.getProperty("-runbundles").split(",(?=[a-z])")) {
      names.add(entry.strip().split(";")[0]);
    }
    return names;
  }

  private static String reference(String name) throws IOException {
    Path bundles = Path.of("target", "dist", "bundles").toAbsolutePath();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(bundles, name + "-*.jar")) {
      return "reference:" + files.iterator().next().toUri();
    }
  }

  @Test
  public void clientsNoticeNothing() throws Exception {
    Bundle socket = installed();
    socket.stop();
    context.registerService(
        ConcurrentMap.class, new ConcurrentHashMap<>(), new Hashtable<>(Map.of("svc.stash", true)));
    socket.start();
    awaitSocket(); // without a stash it had to close what it had

    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) clients.add(threads.submit(this::hammer));
    for (int i = 0; i < SWAPS; i++) {
      await(clients);
      socket = i % 2 == 0 ? replaced(socket, i) : restarted(socket);
    }
    await(clients);
    ended = true;
    for (Future<?> client : clients) client.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    threads.shutdown();
    assertTrue(answered.get() >= 5 * CLIENTS * SWAPS);
  }

  /** Its file is there a moment before it listens (bind(2), listen(2)). */
  private void awaitSocket() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!listens()) {
      assertTrue("no socket", System.nanoTime() < end);
      Patience.lookAway();
    }
  }

  private boolean listens() {
    try {
      connect().close();
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private Bundle installed() {
    for (Bundle bundle : context.getBundles())
      if (bundle.getSymbolicName().equals(SOCKET)) return bundle;
    throw new AssertionError("no " + SOCKET);
  }

  private Bundle replaced(Bundle old, int number) throws Exception {
    Bundle young;
    try (InputStream jar = new URL(context.getProperty("svc.copy")).openStream()) {
      young = context.installBundle("copy:" + number, jar);
    }
    young.start();
    old.stop();
    old.uninstall();
    return young;
  }

  private static Bundle restarted(Bundle bundle) throws Exception {
    bundle.stop();
    bundle.start();
    return bundle;
  }

  /** Every client got on, or one of them failed. */
  private void await(List<Future<?>> clients) throws Exception {
    long until = answered.get() + 5 * CLIENTS;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (answered.get() < until) {
      for (Future<?> client : clients) if (client.isDone()) client.get();
      assertTrue("no answer", System.nanoTime() < end);
      Patience.lookAway();
    }
  }

  private Void hammer() throws IOException {
    while (!ended) {
      try (SocketChannel channel = connect()) {
        for (long id = 1; id < 10 && !ended; id++) {
          status(channel, id);
          answered.incrementAndGet();
        }
      }
    }
    return null;
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(context.getProperty("svc.socket")));
  }

  private static void status(SocketChannel channel, long id) throws IOException {
    NvList request =
        Message.request(id, Method.STATUS).strings("services", List.of("sleeper")).build();
    channel.write(ByteBuffer.wrap(request.pack()));
    Message reply = read(channel);
    assertEquals(id, reply.id());
    assertTrue(reply.errorText(), reply.ok());
    assertEquals(1, reply.list().lists("services").size());
  }

  private static Message read(SocketChannel channel) throws IOException {
    ByteBuffer header = fill(channel, ByteBuffer.allocate(NvHeader.SIZE));
    try {
      int size = NvHeader.read(header, NvLimits.DEFAULT).packetSize();
      ByteBuffer packet = ByteBuffer.allocate(size).put(header.flip());
      return Message.of(NvList.unpack(fill(channel, packet).flip(), NvLimits.DEFAULT));
    } catch (NvException e) {
      throw new IOException(e);
    }
  }

  private static ByteBuffer fill(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) if (channel.read(buffer) < 0) throw new EOFException();
    return buffer;
  }
}
