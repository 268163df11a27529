package svc.init.logic;

import java.util.List;
import java.util.Locale;

/** The name of a machine or a container that nobody else has (machine-id(5)). */
public final class MachineId {

  private static final String VARIABLE = "container_uuid=";

  private MachineId() {}

  /**
   * What the maker of a container has given to it (systemd.io, Container Interface).
   *
   * @param environment {@code NAME=value}
   * @return 32 hexadecimal digits, or empty
   */
  public static String given(List<String> environment) {
    for (String entry : environment) {
      if (!entry.startsWith(VARIABLE)) continue;
      String id = entry.substring(VARIABLE.length()).replace("-", "").toLowerCase(Locale.ROOT);
      if (id.matches("[0-9a-f]{32}")) return id;
    }
    return "";
  }
}
