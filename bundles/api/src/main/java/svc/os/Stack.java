package svc.os;

import org.osgi.annotation.versioning.ProviderType;

/**
 * All that a manager has brought up, as an init in the same process sees it. An OSGi service of the
 * manager's.
 */
@ProviderType
public interface Stack {

  /** Takes it down in order; {@link Notifier} tells when it is. Any thread, any number of times. */
  void shutdown();
}
