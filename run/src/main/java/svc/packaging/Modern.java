package svc.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * A jar with the same classes in the format of Java 8. picocli's is Java 5's, without stack maps:
 * the JVM verifies such classes the slow way, and puts none into a class-data archive.
 */
final class Modern {

  private static final LocalDateTime EPOCH = LocalDateTime.of(1980, 1, 1, 0, 0);

  private Modern() {}

  static void rewrite(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (JarFile jar = new JarFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (JarEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (entry.isDirectory() || name.endsWith("module-info.class")) continue;
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        ZipEntry copy = new ZipEntry(name);
        copy.setTimeLocal(EPOCH);
        out.putNextEntry(copy);
        out.write(name.endsWith(".class") ? modern(bytes) : bytes);
        out.closeEntry();
      }
    }
  }

  private static byte[] modern(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    ClassVisitor upgrade =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public void visit(
              int version, int access, String name, String signature, String parent, String[] all) {
            int newer = Math.max(version & 0xffff, Opcodes.V1_8);
            super.visit(newer, access, name, signature, parent, all);
          }
        };
    reader.accept(upgrade, ClassReader.SKIP_FRAMES);
    return writer.toByteArray();
  }
}
