package svc.os;

/**
 * Hears how a role of the same process is, in the words of sd_notify(3): lines {@code NAME=value}.
 * An OSGi service of whoever runs the role; in a process of its own the role sends the same words
 * to {@code NOTIFY_SOCKET}. svc-manager says
 *
 * <ul>
 *   <li>{@code READY=1} when its target is reached for the first time;
 *   <li>{@code X_SVC_TARGET=failed} when nothing more happens by itself and it is not reached;
 *   <li>{@code X_SVC_WANTED=NAME} when it was given another target, for its successor;
 *   <li>{@code STATUS=TEXT}, one line for people, with the first two;
 *   <li>{@code STOPPING=1} when it takes everything down;
 *   <li>{@code EXIT_STATUS=N} when it ends in order: 0, or the status of the service because of
 *       which it did. A manager that ends without having said so has crashed.
 * </ul>
 */
public interface Notifier {

  /**
   * Hears something. Any thread.
   *
   * @param state one or more lines {@code NAME=value}
   */
  void notify(String state);
}
