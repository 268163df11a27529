package svc.nv;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * A name or a string as it is on the wire: bytes other than NUL, without a charset. As a character
 * sequence it is their UTF-8 text, with a replacement character for what is none; {@link #bytes} is
 * exact. Immutable. A constant of this type is the fastest name for {@link NvWriter} and {@link
 * NvReader}.
 */
public final class NvText implements CharSequence, Comparable<NvText> {
  final byte[] bytes;

  /** Made on demand. Any thread may make it: strings are safe to publish without a lock. */
  private String text;

  private NvText(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Encodes a text.
   *
   * @param text any text
   * @return the text
   * @throws IllegalArgumentException when it contains a NUL, which no name or string can carry
   */
  public static NvText of(CharSequence text) {
    return text instanceof NvText already ? already : checked(text.toString().getBytes(UTF_8));
  }

  /**
   * A copy of these bytes; otherwise as {@link #of(CharSequence)}.
   *
   * @param bytes without a NUL at the end
   * @return the text
   */
  public static NvText of(byte[] bytes) {
    return checked(bytes.clone());
  }

  /** Takes bytes that nobody else holds and that the wire has shown to be free of NUL. */
  static NvText owning(byte[] bytes) {
    return new NvText(bytes);
  }

  private static NvText checked(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        throw new IllegalArgumentException("a NUL at byte " + i + " of a name or string");
      }
    }
    return new NvText(bytes);
  }

  /** {@return a copy of the exact bytes, without the NUL} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the number of bytes, without the NUL} */
  public int size() {
    return bytes.length;
  }

  /** Whether this name is that one, letters of ASCII compared without their case when folding. */
  boolean matches(CharSequence other, boolean folding) {
    if (other instanceof NvText text) {
      return folding ? equalsFolded(text.bytes) : Arrays.equals(bytes, text.bytes);
    }
    int length = other.length();
    for (int i = 0; i < length; i++) {
      char c = other.charAt(i);
      if (c >= 0x80) {
        return matches(of(other), folding);
      }
      if (i >= bytes.length || !same(bytes[i], c, folding)) {
        return false;
      }
    }
    return length == bytes.length;
  }

  private boolean equalsFolded(byte[] other) {
    if (other.length != bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (Wire.fold(bytes[i]) != Wire.fold(other[i])) {
        return false;
      }
    }
    return true;
  }

  static boolean same(int a, int b, boolean folding) {
    return a == b || folding && Wire.fold(a) == Wire.fold(b);
  }

  /** This name with the letters of ASCII in lower case. */
  NvText folded() {
    byte[] folded = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      folded[i] = (byte) Wire.fold(bytes[i]);
    }
    return new NvText(folded);
  }

  @Override
  public int length() {
    return toString().length();
  }

  @Override
  public char charAt(int index) {
    return toString().charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return toString().subSequence(start, end);
  }

  /**
   * By unsigned bytes. Names are keys of hash tables: an order keeps those safe from collisions.
   */
  @Override
  public int compareTo(NvText other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NvText text && Arrays.equals(bytes, text.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    String made = text;
    if (made == null) {
      made = new String(bytes, UTF_8);
      text = made;
    }
    return made;
  }
}
