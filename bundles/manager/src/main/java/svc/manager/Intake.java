package svc.manager;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import svc.ipc.Bodies;
import svc.ipc.Sealed;
import svc.manager.logic.Configuration;
import svc.manager.logic.Graph;
import svc.manager.logic.Layer;
import svc.manager.logic.Reload;
import svc.manager.logic.Target;
import svc.nv.NvList;
import svc.os.Content;
import svc.os.Errno;
import svc.os.Kernel;
import svc.service.Declaration;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * Where declarations come from. What was accepted is kept in the run directory, {@linkplain Sealed
 * sealed}: a manager that takes over goes on by that, whatever somebody is writing in the
 * directories. They are read at the very first, and when that is asked for. Loop thread.
 */
public final class Intake {

  /** The directories, as they are now. */
  public interface Directories {
    /**
     * @return the one that counts most first
     * @throws IOException naming what cannot be read
     */
    List<Layer> read() throws IOException;
  }

  /** In the run directory. */
  public static final String FILE = "configuration";

  /** What is in the run directory may be from before the machine was booted. */
  private static final String BOOT = "/proc/sys/kernel/random/boot_id";

  private static final int BOOT_LIMIT = 64;

  /**
   * What a manager goes by.
   *
   * @param generation grows with every acceptance
   * @param layers the directories as they were read
   * @param instances that somebody asked for
   * @param wanted what was to be started when it was accepted
   * @param changed what was up by other declarations then
   * @param leaving what was not declared any more and may not be down yet
   */
  record Accepted(
      long generation,
      List<Layer> layers,
      List<String> instances,
      List<String> wanted,
      List<String> changed,
      List<Declaration> leaving) {}

  private static final Accepted NOTHING =
      new Accepted(0, List.of(), List.of(), List.of(), List.of(), List.of());

  private final Kernel kernel;
  private final String path;
  private final List<String> directories;
  private final Directories disk;
  private final Function<String, ServiceType> types;
  private final String boot;
  private Accepted accepted = NOTHING;

  /**
   * @param directories the names of those that are read, the one that counts most first
   * @param disk reads them
   * @param types those that are installed, by name
   */
  public Intake(
      Kernel kernel,
      String runDirectory,
      List<String> directories,
      Directories disk,
      Function<String, ServiceType> types) {
    this.kernel = kernel;
    this.path = runDirectory + "/" + FILE;
    this.directories = List.copyOf(directories);
    this.disk = disk;
    this.types = types;
    this.boot = new String(kernel.read(BOOT, BOOT_LIMIT).bytes()).strip();
  }

  /**
   * What to begin with: what a manager before us had accepted, otherwise what the directories have.
   */
  public Configuration begin(String target) {
    Accepted before = read();
    if (before != null) {
      Configuration configuration = configuration(before.layers(), target, before.instances());
      accepted = before;
      if (configuration.problems().isEmpty()) {
        sayWhenOthers(before.layers());
        return configuration;
      }
      complain("the declarations that were accepted have problems for this version", configuration);
    }
    accepted = NOTHING;
    return fromDisk(target, List.of());
  }

  private void sayWhenOthers(List<Layer> before) {
    try {
      if (disk.read().equals(before)) return;
    } catch (IOException unreadable) {
      // that, too, is not what was accepted
    }
    System.err.println("svc-manager: " + directory() + " changed since; svc reload takes it over");
  }

  private static void complain(String text, Configuration configuration) {
    System.err.println("svc-manager: " + text + "; they are read again");
    configuration.problems().forEach(System.err::println);
  }

  /** Nothing is declared: what there is goes down. */
  public Configuration none(String target) {
    accepted = NOTHING;
    return Target.ensure(new Configuration(Map.of(), List.of()), target, directory());
  }

  private List<Layer> layers = List.of();

  /** What the directories have now; a problem when they cannot be read. */
  Configuration fromDisk(String target, Collection<String> instances) {
    try {
      layers = disk.read();
      return configuration(layers, target, instances);
    } catch (IOException e) {
      Problem problem = new Problem(directory(), 0, "", "cannot read declarations: " + e);
      return new Configuration(Map.of(), List.of(problem));
    }
  }

  /** What was accepted, with more instances. */
  Configuration with(String target, Collection<String> instances) {
    layers = accepted.layers();
    Set<String> all = new LinkedHashSet<>(accepted.instances());
    all.addAll(instances);
    return configuration(layers, target, all);
  }

  private Configuration configuration(
      List<Layer> layers, String target, Collection<String> instances) {
    Set<String> asked = new LinkedHashSet<>(instances);
    asked.add(target);
    return Target.ensure(Configuration.of(layers, types, asked), target, directory());
  }

  Accepted accepted() {
    return accepted;
  }

  List<String> directories() {
    return directories;
  }

  private String directory() {
    return String.join(":", directories);
  }

  /**
   * Keeps what was read last: from now on that counts, for us and whoever comes after us.
   *
   * @param instances that somebody asked for, and that are to be there still
   * @param plan what will be done
   * @param leaving what is not gone yet of what is not declared any more
   * @return why it cannot be kept; nothing has changed then
   */
  Errno accept(Collection<String> instances, Reload plan, List<Declaration> leaving) {
    List<String> changed = new ArrayList<>();
    for (Reload.Change change : plan.changes())
      if (change.kind() == Reload.Kind.CHANGED) changed.add(change.service());
    Accepted next =
        new Accepted(
            accepted.generation() + 1,
            layers,
            List.copyOf(instances),
            List.copyOf(plan.wanted()),
            changed,
            leaving);
    Errno errno = write(next);
    if (errno.ok()) accepted = next;
    return errno;
  }

  /** The first declarations of a manager that found nothing. */
  void acceptFirst(Graph graph) {
    if (accepted.generation() != 0) return;
    Reload nothing = new Reload(List.of(), graph.services().size(), Set.of(), List.of());
    Errno errno = accept(List.of(), nothing, List.of());
    if (!errno.ok()) System.err.println("svc-manager: " + path + ": " + errno);
  }

  /** Of these something may be left still. */
  void leaving(List<Declaration> leaving) {
    Accepted a = accepted;
    Accepted next =
        new Accepted(a.generation(), a.layers(), a.instances(), a.wanted(), a.changed(), leaving);
    Errno errno = write(next);
    if (errno.ok()) accepted = next;
    else System.err.println("svc-manager: " + path + ": " + errno);
  }

  /** Nothing is left to go on with. */
  void delete() {
    kernel.delete(path);
  }

  // The file

  private Errno write(Accepted next) {
    return kernel.replace(path, Sealed.seal(list(next)));
  }

  private NvList list(Accepted next) {
    NvList.Builder list =
        NvList.builder().string("boot", boot).number("generation", next.generation());
    list.strings("directories", directories);
    List<NvList> layers = next.layers().stream().map(Intake::layer).toList();
    if (!layers.isEmpty()) list.lists("layers", layers);
    if (!next.instances().isEmpty()) list.strings("instances", next.instances());
    if (!next.wanted().isEmpty()) list.strings("wanted", next.wanted());
    if (!next.changed().isEmpty()) list.strings("changed", next.changed());
    List<NvList> leaving = next.leaving().stream().map(Bodies::declaration).toList();
    return (leaving.isEmpty() ? list : list.lists("leaving", leaving)).build();
  }

  private static NvList layer(Layer layer) {
    NvList.Builder list = NvList.builder().string("directory", layer.directory());
    List<NvList> files = layer.declarations().stream().map(Intake::source).toList();
    if (!files.isEmpty()) list.lists("declarations", files);
    List<NvList> dropIns = layer.dropIns().stream().map(Intake::source).toList();
    return (dropIns.isEmpty() ? list : list.lists("drop_ins", dropIns)).build();
  }

  private static NvList source(Source source) {
    return NvList.builder()
        .string("service", source.service())
        .string("file", source.file())
        .string("text", source.text().replace('\0', '\uFFFD'))
        .build();
  }

  /** Null when there is none that is meant for us. */
  private Accepted read() {
    Content content = kernel.read(path, Sealed.LIMIT);
    if (!content.errno().ok()) return null;
    NvList list = Sealed.open(content.bytes());
    if (list == null) {
      System.err.println("svc-manager: " + path + " is torn; the directories are read");
      return null;
    }
    boolean ours = list.strings("directories").equals(directories);
    return ours && list.string("boot", "").equals(boot) ? accepted(list) : null;
  }

  private static Accepted accepted(NvList list) {
    return new Accepted(
        list.number("generation", 0),
        list.lists("layers").stream().map(Intake::layer).toList(),
        list.strings("instances"),
        list.strings("wanted"),
        list.strings("changed"),
        list.lists("leaving").stream().map(Bodies::declaration).toList());
  }

  private static Layer layer(NvList list) {
    return new Layer(
        list.string("directory", ""), sources(list, "declarations"), sources(list, "drop_ins"));
  }

  private static List<Source> sources(NvList list, String name) {
    List<Source> sources = new ArrayList<>();
    for (NvList each : list.lists(name)) {
      sources.add(
          new Source(each.string("service", ""), each.string("file", ""), each.string("text", "")));
    }
    return sources;
  }
}
