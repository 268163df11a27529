package svc.log;

import java.util.function.BiConsumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import svc.os.Kernel;
import svc.os.Pipes;
import svc.service.LogKeeper;
import svc.service.LogSettings;

/**
 * Puts {@link Keeper} into the framework. A new version hears of all services while the old one
 * still works, and begins when that has written what it had.
 */
@Component(name = "svc.log", immediate = true)
public final class LogComponent implements LogKeeper {

  /** A disk that does not answer must not keep the framework for ever. */
  private static final long STOP_MILLIS = 5_000;

  private final Kernel kernel;
  private final Keeper keeper;
  private final String seatName;
  private Kernel.Seat seat;

  @Activate
  public LogComponent(
      BundleContext context, @Reference Kernel kernel, @Reference Pipes.Source pipes) {
    this.kernel = kernel;
    String name = context.getProperty("svc.name");
    seatName = "svc.log/" + (name == null ? "main" : name);
    Log.Places places =
        new Log.Places(context.getProperty("svc.run"), context.getProperty("svc.log"));
    keeper = new Keeper(pipes, places, kernel::now, kernel::wallClock, this::leave);
  }

  @Activate
  void activate() {
    seat = kernel.seat(seatName, keeper::start);
  }

  /** The thread does so itself when it ends: nobody else may begin before. */
  private void leave() {
    seat.leave(() -> {});
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    keeper.stop(STOP_MILLIS);
  }

  @Override
  public void keep(String service, LogSettings settings) {
    keeper.keep(service, settings);
  }

  @Override
  public void ended(String service) {
    keeper.ended(service);
  }

  @Override
  public void tell(BiConsumer<String, String> listener) {
    keeper.tell(listener);
  }

  @Override
  public void release(String service) {
    keeper.release(service);
  }
}
