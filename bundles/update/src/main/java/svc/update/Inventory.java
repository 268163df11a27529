package svc.update;

import java.util.ArrayList;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import svc.ipc.KeyBody;
import svc.nv.NvList;
import svc.service.Key;
import svc.type.ServiceType;

/** What is in this runtime. */
final class Inventory {

  private final BundleContext context;

  Inventory(BundleContext context) {
    this.context = context;
  }

  /** As {@link svc.ipc.Method#BUNDLES} has them. Any thread. */
  List<NvList> bundles() {
    List<NvList> bundles = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getSymbolicName() != null) bundles.add(bundle(bundle));
    }
    return bundles;
  }

  private NvList bundle(Bundle bundle) {
    NvList.Builder list =
        NvList.builder()
            .string("name", bundle.getSymbolicName())
            .string("version", bundle.getVersion().toString())
            .string("state", state(bundle.getState()));
    List<NvList> types = types(bundle);
    return (types.isEmpty() ? list : list.lists("types", types)).build();
  }

  private static String state(int state) {
    return switch (state) {
      case Bundle.INSTALLED -> "installed";
      case Bundle.RESOLVED -> "resolved";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      case Bundle.ACTIVE -> "active";
      default -> "uninstalled";
    };
  }

  private List<NvList> types(Bundle bundle) {
    List<NvList> types = new ArrayList<>();
    ServiceReference<?>[] services = bundle.getRegisteredServices();
    if (services == null) return types;
    for (ServiceReference<?> service : services) {
      if (!isType(service)) continue;
      Object object = context.getService(service);
      if (object instanceof ServiceType type) types.add(type(type));
      if (object != null) context.ungetService(service);
    }
    return types;
  }

  /**
   * No other is asked for: it would be made for us. Felix SCR offers a ManagedService whose class
   * is not here unless Configuration Admin is, and the framework calls that an error, which a
   * launcher that is about to start takes for one of a bundle's.
   */
  private static boolean isType(ServiceReference<?> service) {
    String[] classes = (String[]) service.getProperty(Constants.OBJECTCLASS);
    return List.of(classes).contains(ServiceType.class.getName());
  }

  private static NvList type(ServiceType type) {
    NvList.Builder list = NvList.builder().string("type", type.name());
    List<NvList> keys = new ArrayList<>();
    for (Key key : type.keys()) keys.add(KeyBody.of(key));
    return (keys.isEmpty() ? list : list.lists("keys", keys)).build();
  }
}
