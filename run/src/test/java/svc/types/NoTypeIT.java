package svc.types;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.util.Filter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import svc.ipc.Bodies;
import svc.ipc.Message;
import svc.ipc.Method;
import svc.ipc.Peer;
import svc.ipc.Responder;
import svc.nv.NvList;
import svc.service.ServiceState;
import svc.service.Status;

/**
 * The all-in-one composition, as it is resolved, but without the bundle of the type {@code daemon}:
 * its service waits, starts when the bundle is installed into the running framework, runs on while
 * the bundle is away, and is picked up again when it returns.
 */
@RunWith(PaxExam.class)
public class NoTypeIT {

  private static final String LATE = "svc.plugin.daemon";
  private static final long PATIENCE_SECONDS = 60;

  @Inject private BundleContext context;

  @Inject
  @Filter("(svc.role=manager)")
  private Responder manager;

  private final BlockingQueue<NvList> replies = new LinkedBlockingQueue<>();
  private long lastId;

  /** Pax Exam runs this outside of the framework. */
  @Configuration
  public Option[] composition() throws IOException {
    Path directory = Files.createTempDirectory("svc-no-type");
    Files.writeString(
        directory.resolve("sleeper.ini"), "[service]\ntype = daemon\nexec = sleep 1000\n");
    Files.writeString(
        directory.resolve("default.ini"), "[service]\ntype = target\n[depend]\nwants = sleeper\n");
    List<Option> bundles = new ArrayList<>();
    for (String name : composed()) if (!name.equals(LATE)) bundles.add(bundle(reference(name)));
    return options(
        junitBundles(),
        composite(bundles.toArray(Option[]::new)),
        frameworkProperty("svc.late").value(reference(LATE)),
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
  public void aServiceWaitsForItsTypeAndOutlivesIt() throws Exception {
    Status waiting = await(ServiceState.NO_TYPE, false);
    assertEquals(0, waiting.pid());

    Bundle type = context.installBundle(context.getProperty("svc.late"));
    type.start();
    Status up = await(ServiceState.UP, false);
    assertNotEquals(0, up.pid());

    type.stop();
    assertEquals(up.pid(), await(ServiceState.UP, true).pid());
    type.start();
    Status again = await(ServiceState.UP, false);
    assertEquals(up.pid(), again.pid());
    assertEquals(0, again.restarts());

    ask(Method.STOP);
    await(ServiceState.DOWN, false);
    assertTrue(!Files.exists(Path.of("/proc/" + up.pid())));
  }

  private Status await(ServiceState state, boolean unmanaged) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Status status;
    do {
      status = Bodies.status(ask(Method.STATUS).lists("services").get(0));
      if (status.state() == state && status.unmanaged() == unmanaged) return status;
    } while (System.nanoTime() < end);
    throw new AssertionError("waited in vain for " + state + ": " + status);
  }

  private NvList ask(String method) throws InterruptedException {
    NvList request =
        Message.request(++lastId, method).strings("services", List.of("sleeper")).build();
    manager.received(new Answers(), request);
    NvList reply = replies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertTrue(method + ": " + reply, reply != null && Message.of(reply).ok());
    return reply;
  }

  private final class Answers implements Peer {
    @Override
    public String id() {
      return "test";
    }

    @Override
    public boolean send(NvList message) {
      return replies.add(message);
    }

    @Override
    public void close() {}
  }
}
