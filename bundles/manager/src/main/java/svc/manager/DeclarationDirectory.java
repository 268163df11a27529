package svc.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import svc.manager.logic.Layer;
import svc.service.Source;

/** The declaration files of a directory: {@code NAME.ini} and {@code NAME.ini.d/*.ini}. */
public final class DeclarationDirectory {

  private static final String SUFFIX = ".ini";
  private static final String DROP_INS = SUFFIX + ".d";

  /** A link to it masks a name, as an empty file does. */
  private static final Path NOTHING = Path.of("/dev/null");

  /** Larger than any declaration that a person writes; a file above it is a mistake. */
  private static final long FILE_LIMIT = 256 << 10;

  private DeclarationDirectory() {}

  /**
   * Reads several, the one that counts most first.
   *
   * @throws IOException naming the file or the directory that cannot be read
   */
  public static List<Layer> readAll(List<Path> directories) throws IOException {
    List<Layer> layers = new ArrayList<>();
    for (Path directory : directories) layers.add(read(directory));
    return layers;
  }

  /**
   * Reads them all, in the order of their names.
   *
   * @throws IOException naming the file or the directory that cannot be read
   */
  public static Layer read(Path directory) throws IOException {
    List<Source> declarations = new ArrayList<>();
    for (Path file : list(directory, SUFFIX, path -> true)) declarations.add(readFile(file));
    List<Source> dropIns = new ArrayList<>();
    for (Path folder : list(directory, DROP_INS, Files::isDirectory)) {
      String service = without(DROP_INS, folder);
      for (Path file : list(folder, SUFFIX, path -> true)) {
        Source source = readFile(file);
        dropIns.add(new Source(service, source.file(), source.text()));
      }
    }
    return new Layer(directory.toString(), declarations, dropIns);
  }

  private static List<Path> list(Path directory, String suffix, Predicate<Path> wanted)
      throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + suffix)) {
      found.forEach(files::add);
    }
    files.removeIf(file -> file.getFileName().toString().startsWith(".") || !wanted.test(file));
    files.sort(null);
    return files;
  }

  public static Source readFile(Path file) throws IOException {
    boolean nothing = Files.isSymbolicLink(file) && Files.exists(file) && isNothing(file);
    if (Files.exists(file) && !nothing && !Files.isRegularFile(file))
      throw refusal(file, "not a regular file");
    if (Files.size(file) > FILE_LIMIT) {
      throw refusal(file, "larger than " + FILE_LIMIT + " bytes, no declaration");
    }
    String text = nothing ? "" : new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    return new Source(without(SUFFIX, file), file.toString(), text);
  }

  private static boolean isNothing(Path link) throws IOException {
    return link.toRealPath().equals(NOTHING);
  }

  private static String without(String suffix, Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  private static IOException refusal(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }
}
