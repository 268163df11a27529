package svc.type;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;
import svc.os.ExitStatus;
import svc.service.Declaration;
import svc.service.Key;
import svc.service.Problem;

/**
 * A kind of service. Registered as an OSGi service by a bundle of its own; a plain program finds it
 * with {@link java.util.ServiceLoader}. Every method is a function of its arguments and may be
 * called from any thread.
 */
@ConsumerType
public interface ServiceType {

  /** For {@link #next}: a time that does not come. */
  long NEVER = Long.MAX_VALUE;

  /** {@return what {@code type =} says} */
  String name();

  /**
   * The keys that this type has beside {@link svc.service.Keys#COMMON}. One with the section and
   * name of a common key stands in its place: another default, another help.
   *
   * @return the same at every call
   */
  List<Key> keys();

  /**
   * What is wrong with a declaration whose keys and values have the right form.
   *
   * @param declaration one of this type, as it was written
   * @return problems with file, line and key, or none; never null
   */
  List<Problem> check(Declaration declaration);

  /**
   * How a service of this declaration is run. Called only for a declaration without problems.
   *
   * @param declaration one of this type, with the defaults that stand in place of common ones
   * @return how it is run, the same for an equal declaration
   */
  Procedure procedure(Declaration declaration);

  /**
   * Where a service listens that is itself a manager; empty for any other.
   *
   * @param declaration one of this type, with the defaults that stand in place of common ones
   * @return an absolute path, or empty
   */
  default String socket(Declaration declaration) {
    return "";
  }

  /**
   * When a service of {@link Procedure.Main#ON_DEMAND} is to run its program next, whoever else
   * asks for it. Asked for whenever it begins to wait, and again when the clock was set: so the
   * answer depends on nothing but these times and the zone. A time that is over means at once.
   * Times are the wall clock's, in milliseconds since 1970.
   *
   * @param declaration one of this type, with the defaults that stand in place of common ones
   * @param lastRun when the program was last started, or 0 when it never was
   * @param since when it began to wait
   * @return that time, or {@link #NEVER}
   */
  default long next(Declaration declaration, long lastRun, long since) {
    return NEVER;
  }

  /**
   * What the end of a process means that nobody asked to end.
   *
   * @param declaration one of this type, with the defaults that stand in place of common ones
   * @param ended what the process was there for
   * @param status how it ended
   * @return as it should be or not
   */
  default Verdict verdict(Declaration declaration, Task ended, ExitStatus status) {
    return status.clean() ? Verdict.SUCCESS : Verdict.FAILURE;
  }
}
