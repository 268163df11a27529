package svc.type;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The types that are installed, by name. There may be several of one name for a while, as when a
 * bundle is replaced by another beside it: the one that arrived last serves, and when it leaves,
 * the one before it serves again. Any thread.
 */
public final class InstalledTypes {

  private final Map<String, List<ServiceType>> byName = new HashMap<>();

  /** With none yet. */
  public InstalledTypes() {}

  /**
   * Adds a type, which serves from now on.
   *
   * @param type which one
   */
  public synchronized void arrived(ServiceType type) {
    byName.computeIfAbsent(type.name(), name -> new ArrayList<>()).add(type);
  }

  /**
   * Takes a type away; one that is not there is no error.
   *
   * @param type which one
   */
  public synchronized void left(ServiceType type) {
    List<ServiceType> types = byName.get(type.name());
    if (types == null) return;
    types.removeIf(each -> each == type);
    if (types.isEmpty()) byName.remove(type.name());
  }

  /**
   * The type of this name that serves, or null.
   *
   * @param name a type's name
   * @return the type, or null
   */
  public synchronized ServiceType get(String name) {
    List<ServiceType> types = byName.get(name);
    return types == null ? null : types.get(types.size() - 1);
  }
}
