package svc.ipc;

/**
 * The methods by name. What each takes and gives is the contract between the roles and of every
 * client.
 *
 * <p>A <em>service</em> in a body is the list made by {@link Bodies#status}; a <em>declaration</em>
 * the one made by {@link Bodies#declaration}.
 */
public final class Method {

  /**
   * To both roles: the state of services. Takes {@code services} STRING ARRAY (all when absent).
   * Gives {@code services} NVLIST ARRAY (absent when there are none). The manager's lists say more,
   * see {@link Bodies}, and its reply has {@code target} STRING and {@code directory} STRING. Both
   * say {@code pid} NUMBER, their own process.
   */
  public static final String STATUS = "status";

  /**
   * To the manager: {@code services} STRING ARRAY; answered when all are up, or refused when one
   * failed. {@code wait} BOOL FALSE: answered at once. To supervise: {@code declaration} NVLIST;
   * answered at once.
   */
  public static final String START = "start";

  /**
   * As {@link #START}: answered when all are down. To supervise: {@code service} STRING; answered
   * at once.
   */
  public static final String STOP = "stop";

  /**
   * As {@link #START}: ended and started again; what depends on it is left alone. To supervise:
   * {@code service} STRING.
   */
  public static final String RESTART = "restart";

  /**
   * To the manager: {@code target} STRING, a service, becomes the target: its services are started,
   * all others are stopped. Answered when that is through; {@code wait} as in {@link #START}.
   */
  public static final String TARGET = "target";

  /**
   * To both: every change from now on. Answered at once with all services, as {@link #STATUS};
   * then, with the same id and {@code ipc:reply} TRUE, one message for each change with {@code
   * service} NVLIST. The manager also sends {@code settled} BOOL TRUE when nothing more is going to
   * happen by itself, with {@code target} STRING and {@code reached} BOOL.
   */
  public static final String EVENTS = "events";

  /** To supervise: drops a service that is down. Takes {@code service} STRING. */
  public static final String FORGET = "forget";

  /** To both: everything is stopped in order and the role ends. Answered at once. */
  public static final String SHUTDOWN = "shutdown";

  private Method() {}
}
