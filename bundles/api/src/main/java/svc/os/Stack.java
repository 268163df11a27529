package svc.os;

/**
 * All that a manager has brought up, as an init in the same process sees it. An OSGi service of the
 * manager's.
 */
public interface Stack {

  /** Takes it down in order; {@link Notifier} tells when it is. Any thread, any number of times. */
  void shutdown();
}
