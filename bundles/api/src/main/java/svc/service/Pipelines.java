package svc.service;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Services whose output is another's input: {@code stdout = service:NAME} and {@code stdin =
 * services}. Between them is one FIFO for each that reads, below the run directory.
 */
public final class Pipelines {

  /** The value of a stdin that others write to. */
  public static final String FROM_SERVICES = "services";

  private static final String TO_SERVICE = "service:";

  private Pipelines() {}

  /**
   * Whose input an output is.
   *
   * @param value of {@link Keys#STDOUT} or {@link Keys#STDERR}
   * @return a service's name, or empty where it is nobody's
   */
  public static String reader(String value) {
    return value.startsWith(TO_SERVICE) ? value.substring(TO_SERVICE.length()) : "";
  }

  /**
   * Whether a service reads what others write.
   *
   * @param declaration any
   * @return whether it does
   */
  public static boolean reads(Declaration declaration) {
    return declaration.text(Keys.STDIN).equals(FROM_SERVICES);
  }

  /**
   * The lines by which a service writes to others.
   *
   * @param declaration any
   * @return its stdout, its stderr, both or neither
   */
  public static List<Declaration.Entry> writing(Declaration declaration) {
    List<Declaration.Entry> lines = new ArrayList<>(declaration.entries());
    lines.removeIf(line -> !Keys.STDOUT.names(line) && !Keys.STDERR.names(line));
    lines.removeIf(line -> reader(line.value()).isEmpty());
    return lines;
  }

  /**
   * Whom a service writes to.
   *
   * @param declaration any
   * @return names of services, each once
   */
  public static Set<String> readers(Declaration declaration) {
    Set<String> names = new LinkedHashSet<>();
    for (Declaration.Entry line : writing(declaration)) names.add(reader(line.value()));
    return names;
  }

  /**
   * The FIFOs that a service reads from or writes to for this.
   *
   * @param run the run directory
   * @param declaration any
   * @return paths
   */
  public static List<String> fifos(String run, Declaration declaration) {
    Set<String> names = readers(declaration);
    if (reads(declaration)) names.add(declaration.name());
    return names.stream().map(name -> fifo(run, name)).toList();
  }

  /**
   * The FIFO that is a service's input.
   *
   * @param run the run directory
   * @param service its name
   * @return a path
   */
  public static String fifo(String run, String service) {
    return inputs(run) + "/" + service;
  }

  /**
   * Where all of them are.
   *
   * @param run the run directory
   * @return a path
   */
  public static String inputs(String run) {
    return run + "/input";
  }
}
