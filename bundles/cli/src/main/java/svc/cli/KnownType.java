package svc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import svc.ipc.KeyBody;
import svc.ipc.Method;
import svc.nv.NvList;
import svc.service.Key;
import svc.type.ServiceType;

/**
 * A service type and where it comes from.
 *
 * @param version of its bundle, as OSGi writes it; {@code -} when that is not known
 * @param keys its own, as {@link KeyBody} has them
 */
record KnownType(String name, String version, String bundle, List<NvList> keys) {

  /** What is known, and by whom. */
  record All(List<KnownType> types, boolean fromRuntime) {}

  /** Those that a living runtime has; where none lives, those of the installed tree. */
  static All find(Places places) throws Failure {
    for (Path socket : RuntimesThere.in(places).sockets()) {
      NvList answer = RuntimesThere.ask(socket, Method.BUNDLES, "", Client.PATIENCE_SECONDS);
      return new All(sorted(of(answer)), true);
    }
    return new All(sorted(ofTree()), false);
  }

  private static List<KnownType> of(NvList answer) {
    List<KnownType> types = new ArrayList<>();
    for (NvList bundle : answer.lists("bundles")) {
      for (NvList type : bundle.lists("types")) {
        types.add(
            new KnownType(
                type.string("type", ""),
                bundle.string("version", "-"),
                bundle.string("name", ""),
                type.lists("keys")));
      }
    }
    return types;
  }

  private static List<KnownType> ofTree() {
    List<KnownType> types = new ArrayList<>();
    for (ServiceType type : ServiceLoader.load(ServiceType.class)) {
      List<NvList> keys = new ArrayList<>();
      for (Key key : type.keys()) keys.add(KeyBody.of(key));
      Package place = type.getClass().getPackage();
      String version = place.getImplementationVersion();
      types.add(new KnownType(type.name(), version == null ? "-" : version, place.getName(), keys));
    }
    return types;
  }

  private static List<KnownType> sorted(List<KnownType> types) {
    return types.stream().sorted(Comparator.comparing(KnownType::name)).toList();
  }

  /** Its own keys, as SECTION.KEY each. */
  String keyNames() {
    if (keys.isEmpty()) return "-";
    return String.join(" ", keys.stream().map(KnownType::key).toList());
  }

  static String key(NvList key) {
    return key.string("section", "") + "." + key.string("key", "");
  }
}
