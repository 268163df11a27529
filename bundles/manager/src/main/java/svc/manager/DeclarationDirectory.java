package svc.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import svc.service.Source;

/** The declaration files of a directory, {@code NAME.ini} each. */
public final class DeclarationDirectory {

  private static final String SUFFIX = ".ini";

  /** Larger than any declaration that a person writes; a file above it is a mistake. */
  private static final long FILE_LIMIT = 256 << 10;

  private DeclarationDirectory() {}

  /**
   * Reads them all, in the order of their names.
   *
   * @throws IOException naming the file or the directory that cannot be read
   */
  public static List<Source> read(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      found.forEach(files::add);
    }
    files.sort(null);
    List<Source> sources = new ArrayList<>();
    for (Path file : files) sources.add(readFile(file));
    return sources;
  }

  public static Source readFile(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) throw refusal(file, "not a regular file");
    if (Files.size(file) > FILE_LIMIT) {
      throw refusal(file, "larger than " + FILE_LIMIT + " bytes, no declaration");
    }
    String name = file.getFileName().toString();
    String service =
        name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    return new Source(
        service, file.toString(), new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
  }

  private static IOException refusal(Path file, String reason) {
    return new FileSystemException(file.toString(), null, reason);
  }
}
