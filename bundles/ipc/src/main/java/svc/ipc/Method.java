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
   * see {@link Bodies}, and its reply has {@code target directory logs run} STRING: the target,
   * where the declarations, the services' output and the records are, and {@code directories}
   * STRING ARRAY. Both say {@code pid} NUMBER, their own process.
   */
  public static final String STATUS = "status";

  /**
   * To the manager: {@code services} STRING ARRAY; answered when all are up, or refused when one
   * failed. {@code wait} BOOL FALSE: answered at once. To supervise: {@code declaration} NVLIST;
   * answered at once; refused for a service that runs as another type.
   */
  public static final String START = "start";

  /**
   * As {@link #START}: answered when all are down. To supervise: {@code service} STRING; answered
   * at once.
   */
  public static final String STOP = "stop";

  /**
   * As {@link #START}: ended and started again, with those that follow it, which the answer names
   * in {@code followers} STRING ARRAY (absent when there are none); what else depends on it is left
   * alone. To supervise: {@code service} STRING and {@code declaration} NVLIST, that of the next
   * instance (absent: the last one).
   */
  public static final String RESTART = "restart";

  /**
   * To both: a service, {@code service} STRING, reads its configuration anew, as it declares.
   * Answered when that is through, or refused when it went wrong. Whatever comes of it, the service
   * stays up. At least once: a supervisor that is lost meanwhile is asked again.
   */
  public static final String RELOAD_SERVICE = "reload-service";

  /**
   * To the manager: {@code target} STRING, a service, becomes the target: its services are started,
   * all others are stopped. Answered when that is through; {@code wait} as in {@link #START}.
   */
  public static final String TARGET = "target";

  /**
   * To both: every change from now on. Answered at once with all services, as {@link #STATUS};
   * then, with the same id and {@code ipc:reply} TRUE, one message for each change with {@code
   * service} NVLIST. The manager also sends {@code settled} BOOL TRUE when nothing more is going to
   * happen by itself, with {@code target} STRING and {@code reached} BOOL; and {@code gone} STRING,
   * a service that was not declared any more and of which nothing is left.
   */
  public static final String EVENTS = "events";

  /**
   * To the manager: why a service is as it is. Takes {@code service} STRING. Gives {@code service}
   * STRING, {@code up} BOOL, {@code hopeless} STRING (why nothing can be done, or empty) and {@code
   * causes} NVLIST ARRAY, depth first: {@code depth} NUMBER, {@code relation} STRING to the line
   * above that is less deep ({@code itself wanted unwanted required after conflict dependent}),
   * {@code service state text} STRING, {@code since_ms limit_ms} NUMBER of that state, the exit as
   * in {@link Bodies} when that is why, {@code root} BOOL: nothing explains it further. {@code
   * remedies} NVLIST ARRAY (absent when it is up, or comes up by itself): the smallest set of
   * things to do after which it comes up, {@code kind subject text file command} STRING and {@code
   * line} NUMBER; {@code kind} is {@code install} (a type), {@code separate} (take a conflict out
   * of a declaration), {@code mend} (see to it that a service comes up and stays so), {@code
   * unpin}, {@code meet} (a condition) or {@code start}.
   */
  public static final String WHY = "why";

  /**
   * To both: sends a signal to what a service consists of. Takes {@code service} STRING, {@code
   * signal} NUMBER from 1 to 64 and {@code main} BOOL, whether to its main process alone (absent or
   * FALSE: to its whole process group). Answered when it is sent, refused when nothing of it runs.
   * What comes of it is judged as if somebody else had sent it.
   */
  public static final String KILL = "kill";

  /**
   * To the manager: {@code services} STRING ARRAY, {@code pin} STRING. {@code up}: they are started
   * and not stopped any more, {@code down}: they are stopped and not started any more, whatever is
   * asked of others, until {@code none} or a shutdown. Answered as {@link #START} and {@link
   * #STOP}; {@code wait} as there.
   */
  public static final String PIN = "pin";

  /**
   * To the manager: reads the directories of declarations again and goes on by them, or says what
   * would be done: {@code plan} BOOL TRUE. Gives {@code ok} BOOL; {@code problems} NVLIST ARRAY of
   * {@code file key text} STRING and {@code line} NUMBER, all that is wrong, where nothing is done;
   * {@code changes} NVLIST ARRAY of {@code service change effect} STRING and {@code keys} STRING
   * ARRAY (all three absent when empty); {@code unchanged} NUMBER, how many services are. {@code
   * change} is {@code added}, {@code removed}, {@code changed} or {@code wanted} (it is as it was,
   * and needed now); {@code effect} is {@code start}, {@code stop}, {@code restart}, {@code
   * next-start} (it is left alone, and its next start is by the new declaration), {@code at-once}
   * (left alone, and the new declaration counts) or {@code none}; {@code keys} are those whose
   * values changed, as {@code service.exec}. Answered when all that is through, or refused when
   * something that was to come up did not; {@code wait} as in {@link #START}.
   */
  public static final String RELOAD = "reload";

  /**
   * To supervise: {@code declaration} NVLIST, by which the next instance of a service is started,
   * and by which this one is stopped; refused for a service of another type. Answered at once.
   */
  public static final String DECLARE = "declare";

  /** To supervise: drops a service that is down. Takes {@code service} STRING. */
  public static final String FORGET = "forget";

  /** To both: everything is stopped in order and the role ends. Answered at once. */
  public static final String SHUTDOWN = "shutdown";

  /**
   * To svc.update: what {@link #UPDATE} would do. Takes {@code jar} STRING, an absolute path that
   * the runtime reads. Gives {@code runtime jar bundle from to action reason} STRING: {@code
   * action} is {@code beside}, {@code refresh}, {@code runtime} (the whole runtime has to be
   * replaced), {@code absent} (nothing of this name is here) or {@code refused}, the last three
   * with the {@code reason}; {@code refreshed} STRING ARRAY, the bundles that are stopped and
   * started, {@code restarted} STRING ARRAY, the components that are made anew (both absent when
   * empty).
   */
  public static final String UPDATE_PLAN = "update-plan";

  /**
   * To svc.update: replaces a bundle, or leaves everything as it was. Takes what {@link
   * #UPDATE_PLAN} takes and gives what it gives and {@code ok} BOOL, {@code step reason} STRING:
   * where and why it failed, {@code happened notes} STRING ARRAY, the bundles that were stopped and
   * started and what else is worth knowing (absent when empty), {@code previous} STRING, a jar with
   * the bundle that was replaced, to go back to. Answered when done, whatever is replaced
   * meanwhile.
   */
  public static final String UPDATE = "update";

  /**
   * To svc.update: {@code bundles} NVLIST ARRAY of {@code name version state} STRING and {@code
   * types} NVLIST ARRAY (absent when empty): {@code type} STRING and {@code keys} NVLIST ARRAY, see
   * {@link KeyBody}. Gives {@code runtime version java began} STRING too, what it is called, the
   * version of svc, of Java, and what tells this life of its process from the next, and {@code pid}
   * NUMBER.
   */
  public static final String BUNDLES = "bundles";

  /**
   * To svc.update: the runtime's process is executed anew, by the launcher in the tree {@code home}
   * STRING, with the arguments that it has; services are not touched. Answered when it is certain
   * what with; then it stops.
   */
  public static final String REPLACE = "replace";

  /**
   * To svc.update: tries another tree. {@code svc up} of {@code home} STRING is run for the
   * declarations in {@code services} of {@code directory} STRING, with the socket {@code sock}
   * there and its output in {@code log}; {@code java} STRING names another Java (absent for the
   * tree's own). Answered when it has ended: {@code status} STRING. It is ended when whoever asked
   * leaves.
   */
  public static final String TRIAL = "trial";

  /**
   * To svc.update: the directories {@code one} and {@code other}, STRING, change places in one step
   * (renameat2(2), RENAME_EXCHANGE).
   */
  public static final String EXCHANGE = "exchange";

  private Method() {}
}
