package svc.testkit;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;

/** What a class names in its constant pool (JVMS 4.4). */
final class ClassFile {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int UTF8 = 1;
  private static final int LONG = 5;
  private static final int DOUBLE = 6;
  private static final int CLASS = 7;
  private static final int FIELD = 9;
  private static final int METHOD = 10;
  private static final int INTERFACE_METHOD = 11;
  private static final int NAME_AND_TYPE = 12;

  private final int[] tags;
  private final int[] first;
  private final int[] second;
  private final String[] texts;

  private ClassFile(int count) {
    tags = new int[count];
    first = new int[count];
    second = new int[count];
    texts = new String[count];
  }

  static ClassFile of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) throw new IOException("no class file");
      in.readInt(); // version
      ClassFile file = new ClassFile(in.readUnsignedShort());
      for (int i = 1; i < file.tags.length; i++) i = file.readEntry(i, in);
      return file;
    } catch (IOException e) {
      throw new AssertionError("a class that cannot be read: " + e, e);
    }
  }

  /** Returns the number of the last slot that was filled: longs take two. */
  private int readEntry(int i, DataInputStream in) throws IOException {
    tags[i] = in.readUnsignedByte();
    switch (tags[i]) {
      case UTF8 -> texts[i] = in.readUTF();
      case LONG, DOUBLE -> in.readLong();
      case FIELD, METHOD, INTERFACE_METHOD, NAME_AND_TYPE, 17, 18 -> {
        first[i] = in.readUnsignedShort();
        second[i] = in.readUnsignedShort();
      }
      case 3, 4 -> in.readInt();
      case 15 -> in.skipNBytes(3);
      case CLASS, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
      default -> throw new IOException("constant " + tags[i]);
    }
    return tags[i] == LONG || tags[i] == DOUBLE ? i + 1 : i;
  }

  /** Names with dots; arrays are left out. */
  Set<String> classes() {
    Set<String> classes = new TreeSet<>();
    for (int i = 1; i < tags.length; i++)
      if (tags[i] == CLASS && !texts[first[i]].startsWith("[")) classes.add(className(i));
    return classes;
  }

  /** {@code java.lang.System.nanoTime}, for each method that is called or referred to. */
  Set<String> methods() {
    Set<String> methods = new TreeSet<>();
    for (int i = 1; i < tags.length; i++)
      if (tags[i] == METHOD || tags[i] == INTERFACE_METHOD)
        methods.add(className(first[i]) + "." + texts[first[second[i]]]);
    return methods;
  }

  /** All texts: names, descriptors, and what stands in annotations. */
  Set<String> texts() {
    Set<String> all = new TreeSet<>();
    for (String text : texts) if (text != null) all.add(text);
    return all;
  }

  private String className(int i) {
    return texts[first[i]].replace('/', '.');
  }
}
