package svc.manager.logic;

import java.util.List;
import svc.service.Source;

/**
 * What a directory of declarations has.
 *
 * @param directory as it is named to people
 * @param declarations its files {@code NAME.ini}; one without text masks the name
 * @param dropIns its files {@code NAME.ini.d/*.ini}, each with the name of the service that it adds
 *     to; one without text masks those of the same name in directories that count less
 */
public record Layer(String directory, List<Source> declarations, List<Source> dropIns) {

  public Layer {
    declarations = List.copyOf(declarations);
    dropIns = List.copyOf(dropIns);
  }

  /** Several directories in one word for people. */
  public static String names(List<Layer> layers) {
    return String.join(":", layers.stream().map(Layer::directory).toList());
  }
}
