package svc.manager.logic;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import svc.service.Declaration;
import svc.service.Declaration.Entry;
import svc.service.DeclarationReader;
import svc.service.Key;
import svc.service.Keys;
import svc.service.Pipelines;
import svc.service.Problem;
import svc.service.Source;
import svc.type.ServiceType;

/**
 * Makes declarations of what the directories have: of a name the first directory's file counts,
 * drop-ins are merged over it, instances are made from templates as far as somebody names them.
 */
final class Assembly {

  private final Function<String, ServiceType> types;

  /** By service: its files, the one that counts first. */
  private final Map<String, List<Source>> files = new TreeMap<>();

  /** By service and by file name; the names are the order in which they are merged. */
  private final Map<String, Map<String, Source>> dropIns = new TreeMap<>();

  private final Map<String, Declaration> declarations = new LinkedHashMap<>();
  private final Map<String, Origin> origins = new TreeMap<>();
  private final Set<Problem> problems = new LinkedHashSet<>();
  private final Set<String> templates = new LinkedHashSet<>();

  Assembly(List<Layer> layers, Function<String, ServiceType> types) {
    this.types = types;
    for (Layer layer : layers) {
      for (Source file : layer.declarations())
        files.computeIfAbsent(file.service(), name -> new ArrayList<>()).add(file);
      for (Source file : layer.dropIns())
        dropIns
            .computeIfAbsent(file.service(), name -> new TreeMap<>())
            .putIfAbsent(lastPart(file.file()), file);
    }
  }

  private static String lastPart(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /**
   * @param instances that somebody asked for, beside those that are declared or named by others
   */
  Configuration run(Collection<String> instances) {
    Deque<String> open = new ArrayDeque<>();
    files.forEach((name, all) -> take(name, all, open));
    instances.stream().filter(this::canBeMade).forEach(open::add);
    while (!open.isEmpty()) {
      String service = open.remove();
      if (!declarations.containsKey(service)) open.addAll(instancesFor(declare(service)));
    }
    return new Configuration(declarations, List.copyOf(problems), origins, templates);
  }

  private void take(String name, List<Source> all, Deque<String> open) {
    if (isMasked(name)) origins.put(name, origin(name, all, List.of()));
    else if (!Instance.isTemplate(name)) open.add(name);
    else takeTemplate(name);
  }

  private void takeTemplate(String name) {
    templates.add(name);
    for (Source source : sources(name)) problems.addAll(DeclarationReader.read(source).problems());
  }

  private boolean isMasked(String name) {
    return files.containsKey(name) && files.get(name).get(0).text().isEmpty();
  }

  private boolean canBeMade(String service) {
    if (isMasked(service)) return false;
    Optional<Instance> instance = Instance.of(service);
    return instance.isPresent() && templates.contains(instance.get().template());
  }

  /** What a declaration names and has no file of its own. */
  private List<String> instancesFor(Declaration declaration) {
    List<String> names = new ArrayList<>(declaration.names(Keys.REQUIRES));
    names.addAll(declaration.names(Keys.FOLLOWS));
    names.addAll(declaration.names(Keys.WANTS));
    names.addAll(Pipelines.readers(declaration));
    names.removeIf(name -> !canBeMade(name));
    return names;
  }

  private Declaration declare(String service) {
    List<Source> sources = sources(service);
    List<List<Entry>> entries = new ArrayList<>();
    for (Source source : sources) entries.add(read(service, source, source == sources.get(0)));
    String file = sources.get(0).file();
    List<Entry> expanded = Merge.of(entries, this::keys);
    Declaration declaration = new Declaration(service, file, expanded);
    declarations.put(service, declaration);
    origins.put(service, origin(service, files.getOrDefault(service, List.of()), sources));
    return declaration;
  }

  private Origin origin(String name, List<Source> all, List<Source> merged) {
    List<String> used = merged.stream().map(Source::file).toList();
    String file = used.isEmpty() ? all.get(0).file() : used.get(0);
    List<String> shadowed = all.stream().skip(1).map(Source::file).toList();
    return new Origin(file, used.stream().skip(1).toList(), shadowed, merged.isEmpty());
  }

  /** All that a service is made from, in the order in which it is merged. */
  private List<Source> sources(String service) {
    List<Source> sources = new ArrayList<>();
    Optional<Instance> instance = Instance.of(service);
    String template = instance.map(Instance::template).orElse("");
    if (templates.contains(template)) sources.addAll(sources(template));
    Source own = files.containsKey(service) ? files.get(service).get(0) : null;
    // a link to the template says that there is to be this instance, and no more
    boolean link = own != null && !sources.isEmpty() && own.text().equals(sources.get(0).text());
    if (own != null && !link) sources.add(own);
    for (Source each : dropIns.getOrDefault(service, Map.of()).values())
      if (!each.text().isEmpty()) sources.add(each);
    return sources;
  }

  private List<Entry> read(String service, Source source, boolean own) {
    Source named = new Source(service, source.file(), source.text());
    DeclarationReader.Reading reading = DeclarationReader.read(named);
    problems.addAll(reading.problems());
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : reading.declaration().entries()) {
      String value = expand(service, reading.declaration(), entry);
      String file = own ? "" : source.file();
      entries.add(new Entry(entry.section(), entry.key(), value, entry.line(), file));
    }
    return entries;
  }

  private String expand(String service, Declaration declaration, Entry entry) {
    Optional<Instance> instance = Instance.of(service);
    if (instance.isEmpty()) return entry.value();
    Optional<String> value = instance.get().expand(entry.value());
    if (value.isPresent()) return value.get();
    String text = "unknown % in \"" + entry.value() + "\"; there is " + Instance.KNOWN;
    problems.add(declaration.problem(entry, text));
    return entry.value();
  }

  /** The keys that a declaration of a type may have; of a missing type only the common ones. */
  private List<Key> keys(String typeName) {
    ServiceType type = types.apply(typeName);
    List<Key> keys = new ArrayList<>(type == null ? List.of() : type.keys());
    keys.addAll(Keys.COMMON);
    return keys;
  }
}
