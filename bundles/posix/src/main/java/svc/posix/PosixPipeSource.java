package svc.posix;

import org.osgi.service.component.annotations.Component;
import svc.os.Pipes;

/** Offers {@link PosixPipes} to whoever has a thread for them. */
@Component(name = "svc.posix.pipes")
public final class PosixPipeSource implements Pipes.Source {

  @Override
  public Pipes open() {
    return new PosixPipes();
  }
}
