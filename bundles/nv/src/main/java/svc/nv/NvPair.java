package svc.nv;

import java.util.ArrayList;
import java.util.List;

/** A name, a type and a value of a {@link NvList}. Immutable. */
public final class NvPair {
  private final NvText name;
  private final NvType type;

  /**
   * In the order of the types: null, Boolean, Long, NvText, NvList, Integer, byte[], boolean[],
   * long[], NvText[], NvList[], int[].
   */
  private final Object value;

  NvPair(NvText name, NvType type, Object value) {
    this.name = name;
    this.type = type;
    this.value = value;
  }

  /** {@return the name as UTF-8} */
  public String name() {
    return name.toString();
  }

  /** {@return the name's exact bytes} */
  public NvText nameText() {
    return name;
  }

  /** {@return the type of its value} */
  public NvType type() {
    return type;
  }

  /**
   * The value; arrays are copies.
   *
   * @return in the order of the types: null, {@link Boolean}, {@link Long} (unsigned on the wire),
   *     {@link String}, {@link NvList}, {@link Integer}, {@code byte[]}, {@code boolean[]}, {@code
   *     long[]}, a list of {@link String}, a list of {@link NvList}, {@code int[]}
   */
  public Object value() {
    return switch (type) {
      case NULL, BOOL, NUMBER, NVLIST, DESCRIPTOR -> value;
      case STRING -> value.toString();
      case BINARY -> ((byte[]) value).clone();
      case BOOL_ARRAY -> ((boolean[]) value).clone();
      case NUMBER_ARRAY -> ((long[]) value).clone();
      case STRING_ARRAY -> strings();
      case NVLIST_ARRAY -> List.of((NvList[]) value);
      case DESCRIPTOR_ARRAY -> ((int[]) value).clone();
    };
  }

  /**
   * The exact bytes of the strings of a STRING or a STRING ARRAY; for other types an empty list.
   *
   * @return which cannot be changed
   */
  public List<NvText> texts() {
    return switch (type) {
      case STRING -> List.of((NvText) value);
      case STRING_ARRAY -> List.of((NvText[]) value);
      default -> List.of();
    };
  }

  private List<String> strings() {
    NvText[] texts = (NvText[]) value;
    List<String> strings = new ArrayList<>(texts.length);
    for (NvText text : texts) {
      strings.add(text.toString());
    }
    return List.copyOf(strings);
  }

  /** The value as it is held: see the field. It must not be changed. */
  Object held() {
    return value;
  }

  /** The lists of an NVLIST or NVLIST ARRAY; none for other types. */
  NvList[] heldLists() {
    return switch (type) {
      case NVLIST -> new NvList[] {(NvList) value};
      case NVLIST_ARRAY -> (NvList[]) value;
      default -> NvList.NONE;
    };
  }

  /** How many descriptors the value holds itself, those of lists in it not counted. */
  int[] heldDescriptors() {
    return switch (type) {
      case DESCRIPTOR -> new int[] {(Integer) value};
      case DESCRIPTOR_ARRAY -> (int[]) value;
      default -> NvList.NO_DESCRIPTORS;
    };
  }

  @Override
  public String toString() {
    return name + " (" + type.text() + ")";
  }
}
