package svc.manager.logic;

import java.util.List;

/**
 * Where a service is from.
 *
 * @param file its own, or the template's
 * @param dropIns what was merged over that, in this order
 * @param shadowed files that do not count, since an earlier directory has one of the same name
 * @param masked there is no such service: the file is empty
 */
public record Origin(String file, List<String> dropIns, List<String> shadowed, boolean masked) {

  public Origin {
    dropIns = List.copyOf(dropIns);
    shadowed = List.copyOf(shadowed);
  }
}
