package svc.service;

import java.util.function.BiConsumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Who takes services' output from their FIFOs and writes it to their logs ({@link LogFiles}). It is
 * an OSGi service that comes and goes; each that is there is told all. What is told is done later,
 * on a thread of its own. Any thread.
 */
@ProviderType
public interface LogKeeper {

  /**
   * Keeps a service's log from now on, or in another way than before. It waits for whoever else
   * keeps it, in another process, to release it.
   *
   * @param service its name
   * @param settings how
   */
  void keep(String service, LogSettings settings);

  /**
   * The main process of a service has ended: what it wrote last is a line, with a newline or
   * without.
   *
   * @param service its name
   */
  void ended(String service);

  /**
   * Nothing of a service runs any more: what it wrote is written, and its log is left alone until
   * {@link #keep} is called again, by whomever.
   *
   * @param service its name
   */
  void release(String service);

  /**
   * Has somebody told when a log cannot be written, and when it can again: the service, and what is
   * wrong, for people, or an empty text. The last to ask is told, also of what is so already, on
   * the thread of who keeps logs.
   *
   * @param listener is told
   */
  void tell(BiConsumer<String, String> listener);
}
