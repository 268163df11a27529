package svc.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import svc.type.ServiceType;

/** Looks for anything in a type that could change. */
final class State {

  /** Deep enough for any type; a cycle of objects ends here. */
  private static final int DEEPEST = 16;

  private static final Set<Class<?>> VALUES =
      Set.of(
          String.class,
          Boolean.class,
          Byte.class,
          Character.class,
          Short.class,
          Integer.class,
          Long.class,
          Float.class,
          Double.class,
          Class.class,
          Pattern.class);

  private State() {}

  /** Its fields, and those of the classes that it extends and that stand within it. */
  static void none(ServiceType type) {
    for (Class<?> each = type.getClass(); each != Object.class; each = each.getSuperclass())
      for (Field field : each.getDeclaredFields()) field(field, type, 0);
    statics(type.getClass(), type);
  }

  private static void statics(Class<?> outer, ServiceType type) {
    for (Class<?> nested : outer.getDeclaredClasses()) {
      for (Field field : nested.getDeclaredFields())
        if (Modifier.isStatic(field.getModifiers())) field(field, null, 0);
      statics(nested, type);
    }
  }

  private static void field(Field field, Object owner, int depth) {
    if (field.isSynthetic()) return; // the compiler's and coverage tools'
    String name = field.getDeclaringClass().getSimpleName() + "." + field.getName();
    Expect.that(Modifier.isFinal(field.getModifiers()), name + " is not final");
    value(name, read(field, owner), depth);
  }

  private static Object read(Field field, Object owner) {
    try {
      field.setAccessible(true);
      return field.get(Modifier.isStatic(field.getModifiers()) ? null : owner);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new AssertionError(field + " cannot be looked at: " + e, e);
    }
  }

  private static void value(String name, Object value, int depth) {
    if (value == null || VALUES.contains(value.getClass()) || value instanceof Enum) return;
    Class<?> kind = value.getClass();
    Expect.that(depth < DEEPEST, name + " is too deep to be looked through");
    if (kind.getName().startsWith("java.time.") || kind.isHidden()) return; // values, and lambdas
    if (value instanceof Optional<?> some) value(name, some.orElse(null), depth + 1);
    else if (value instanceof Record) components(name, value, depth + 1);
    else if (value instanceof Collection<?> all) elements(name, all, depth + 1);
    else if (value instanceof Map<?, ?> map) elements(name, map, depth + 1);
    else other(name, value, depth + 1);
  }

  private static void elements(String name, Collection<?> all, int depth) {
    unchangeable(name, all);
    for (Object each : all) value(name, each, depth);
  }

  private static void elements(String name, Map<?, ?> map, int depth) {
    unchangeable(name, map);
    for (Object each : map.keySet()) value(name, each, depth);
    for (Object each : map.values()) value(name, each, depth);
  }

  /** As List.of, Stream.toList and Collections.unmodifiableList make them. */
  private static void unchangeable(String name, Object collection) {
    String kind = collection.getClass().getName();
    boolean fixed =
        kind.startsWith("java.util.ImmutableCollections$")
            || kind.startsWith("java.util.Collections$Unmodifiable")
            || kind.startsWith("java.util.Collections$Empty")
            || kind.startsWith("java.util.Collections$Singleton");
    Expect.that(fixed, name + " can be changed: it is a " + kind);
  }

  private static void components(String name, Object value, int depth) {
    for (RecordComponent component : value.getClass().getRecordComponents())
      value(name + "." + component.getName(), component(component, value), depth);
  }

  private static Object component(RecordComponent component, Object value) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new AssertionError(component + " cannot be looked at: " + e, e);
    }
  }

  private static void other(String name, Object value, int depth) {
    Class<?> kind = value.getClass();
    boolean jdk = kind.getClassLoader() == null || kind.isArray();
    Expect.that(!jdk, name + " may change: it is a " + kind.getName());
    for (Class<?> each = kind; each != Object.class; each = each.getSuperclass())
      for (Field field : each.getDeclaredFields())
        if (!Modifier.isStatic(field.getModifiers())) field(field, value, depth);
  }
}
