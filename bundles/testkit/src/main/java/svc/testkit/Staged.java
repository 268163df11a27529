package svc.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import svc.service.Declaration;
import svc.type.Procedure;
import svc.type.ServiceType;

/**
 * A type whose commands are replaced by words that the simulated machine knows ({@link
 * svc.simulation.Guest}). All else is the type's own, whatever methods there are.
 */
final class Staged {

  private final ServiceType type;

  private Staged(ServiceType type) {
    this.type = type;
  }

  static ServiceType of(ServiceType type) {
    Staged staged = new Staged(type);
    return (ServiceType)
        Proxy.newProxyInstance(
            ServiceType.class.getClassLoader(),
            new Class<?>[] {ServiceType.class},
            (proxy, method, arguments) -> staged.call(proxy, method, arguments));
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getDeclaringClass() == Object.class) return identity(proxy, method, arguments);
    Object result;
    try {
      result = method.invoke(type, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    return result instanceof Procedure own ? acted(own, (Declaration) arguments[0]) : result;
  }

  /** One instance that arrives and leaves, equal to nothing else. */
  private Object identity(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default -> type.name();
    };
  }

  /** The same for equal declarations. */
  private static Procedure acted(Procedure own, Declaration declaration) {
    Random random = new Random(declaration.hashCode());
    return new Procedure(
        own.start().isEmpty() ? List.of() : start(own, random),
        own.stop().isEmpty() ? List.of() : ending("undo", random),
        own.main(),
        own.pidFile(),
        own.directory(),
        own.listeners());
  }

  private static List<String> start(Procedure own, Random random) {
    return switch (own.main()) {
      case CHILD -> random.nextInt(4) == 0 ? ending("run", 3_000, random) : List.of("run");
      case ON_DEMAND -> ending("run", random);
      case PID_FILE -> List.of(random.nextInt(6) == 0 ? "mute" : "fork", own.pidFile());
      case NONE -> random.nextInt(8) == 0 ? List.of("hang") : ending("task", random);
    };
  }

  private static List<String> ending(String word, Random random) {
    return ending(word, 300, random);
  }

  /** Mostly it goes well. */
  private static List<String> ending(String word, int millis, Random random) {
    String code = random.nextInt(6) == 0 ? "1" : "0";
    return List.of(word, Integer.toString(random.nextInt(millis)), code);
  }
}
