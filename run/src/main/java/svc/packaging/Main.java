package svc.packaging;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import picocli.CommandLine;
import svc.launch.NativeLibraries;

/**
 * Run by Maven before it packages. Arguments: the directory to make things in, the version, its
 * time stamp, the reference of declarations.
 */
public final class Main {

  /** Programs of root's are in section 8. */
  private record Program(String name, int section) {}

  private static final List<Program> PROGRAMS =
      List.of(
          new Program("svc", 1),
          new Program("svc-manager", 8),
          new Program("svc-supervise", 8),
          new Program("svc-init", 8));

  private static final String JFFI = "jni/x86_64-Linux/libjffi-1.2.so";
  private static final int LIBRARIES = 4;

  private Main() {}

  public static void main(String[] args) throws Exception {
    Path target = Path.of(args[0]);
    Path made = target.resolve("made");
    Path picocli =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Modern.rewrite(picocli, made.resolve("lib").resolve(picocli.getFileName()));
    nativeLibraries(made.resolve("lib/native"));
    var edition = new Roff.Edition(args[1], args[2].substring(0, "2026-11-23".length()));
    for (Program program : PROGRAMS) describe(made, program, edition);
    String declarations = Files.readString(Path.of(args[3]));
    write(man(made, "svc", 5), Reference.page(declarations, edition), true);
    JavaRuntime.make(target.resolve("jre"));
  }

  /** Those of svc.posix, which is on the class path. */
  private static void nativeLibraries(Path directory) throws Exception {
    URL place = Main.class.getClassLoader().getResource(JFFI);
    if (place == null) throw new IOException("no " + JFFI + " on the class path");
    URL jar = ((JarURLConnection) place.openConnection()).getJarFileURL();
    int found = NativeLibraries.unpack(Path.of(jar.toURI()), directory);
    if (found != LIBRARIES) throw new IOException(found + " native libraries in " + jar);
  }

  private static void describe(Path made, Program program, Roff.Edition edition)
      throws IOException {
    CommandLine line = svc.cli.Main.program(program.name);
    Path share = made.resolve("share");
    write(
        man(made, program.name, program.section),
        Manual.page(line, program.section, edition),
        true);
    String bash = Completion.bash(line);
    write(share.resolve("bash-completion/completions").resolve(program.name), bash, false);
    write(share.resolve("zsh/vendor-completions/_" + program.name), Completion.zsh(line), false);
  }

  private static Path man(Path made, String name, int section) {
    return made.resolve("share/man/man" + section).resolve(name + "." + section + ".gz");
  }

  private static void write(Path file, String text, boolean packed) throws IOException {
    Files.createDirectories(file.getParent());
    if (!packed) {
      Files.writeString(file, text);
      return;
    }
    try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
  }
}
