package svc.supervise;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import svc.os.Attributes;
import svc.os.Datagram;
import svc.os.Errno;
import svc.os.Kernel;
import svc.os.User;
import svc.supervise.logic.Service;

/**
 * The ways in which services say how they are: a datagram socket each (sd_notify(3)), and a pipe
 * for a line that means ready (s6's notification-fd). Both have names in a directory, so a
 * supervisor after us opens them again. Loop thread.
 */
final class Notices {

  /** Hears what services say, by their names. */
  interface Hearer {
    void said(String service, Datagram datagram);

    /** It wrote its line. */
    void line(String service);

    /** Nobody can write a line any more. */
    void closed(String service);
  }

  private final Kernel kernel;
  private final String directory;
  private final Hearer hearer;

  Notices(Kernel kernel, String directory, Hearer hearer) {
    this.kernel = kernel;
    this.directory = directory;
    this.hearer = hearer;
  }

  Errno prepare() {
    return kernel.makeDirectory(directory, 0711);
  }

  /** Where its datagrams come. */
  String socket(Service service) {
    return directory + "/" + service.name();
  }

  /** Where its line comes; no service's name begins with a point. */
  private String pipe(Service service) {
    return directory + "/." + service.name();
  }

  Attributes.Outlet outlet(Service service) {
    return new Attributes.Outlet(pipe(service), service.launch().readiness().descriptor());
  }

  /** Opens what a service that is about to start will use; whoever wrote before is not heard. */
  Errno openAnew(Service service, User user) {
    return open(service, user, true);
  }

  /**
   * Opens what a service that runs uses.
   *
   * @return whether nobody has listened for a while
   */
  boolean openAgain(Service service, User user) {
    boolean gap = !kernel.isOpen(service.launch().writesALine() ? pipe(service) : socket(service));
    Errno errno = open(service, user, false);
    if (!errno.ok()) System.err.println("svc-supervise: " + socket(service) + ": " + errno);
    return gap;
  }

  private Errno open(Service service, User user, boolean anew) {
    Errno errno = service.speaks() ? openSocket(service, user) : Errno.OK;
    return errno.ok() && service.launch().writesALine() ? openPipe(service, anew) : errno;
  }

  /** Its user alone can say something in its name, and root. */
  private Errno openSocket(Service service, User user) {
    String name = service.name();
    String path = socket(service);
    Errno errno = kernel.openDatagrams(path, 0600, said -> hearer.said(name, said));
    return errno.ok() && user != null ? kernel.give(path, user) : errno;
  }

  private Errno openPipe(Service service, boolean anew) {
    String name = service.name();
    return kernel.openOutlet(pipe(service), anew, piece -> heard(name, piece));
  }

  /** Whatever comes before the line's end is part of it. */
  private void heard(String name, byte[] piece) {
    if (new String(piece, ISO_8859_1).indexOf('\n') >= 0) hearer.line(name);
    else if (piece.length == 0) hearer.closed(name);
  }

  void close(Service service) {
    kernel.closeInlet(socket(service));
    kernel.closeInlet(pipe(service));
  }
}
