package svc.ipc;

import svc.nv.NvList;
import svc.service.Key;

/**
 * A {@link Key} that a type understands as a list: {@code section key kind fallback help} STRING,
 * {@code repeatable} BOOL. The kind is what {@link svc.service.Kind#expected} says.
 */
public final class KeyBody {

  private KeyBody() {}

  /**
   * A key as a list.
   *
   * @param key any key
   * @return its pairs
   */
  public static NvList of(Key key) {
    return NvList.builder()
        .string("section", key.section())
        .string("key", key.name())
        .string("kind", key.kind().expected())
        .string("fallback", key.fallback())
        .bool("repeatable", key.repeatable())
        .string("help", key.help())
        .build();
  }
}
