package svc.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import svc.manager.logic.World;

/** The machine that we are on. Any thread. */
public final class LocalWorld implements World {

  private final Map<String, String> environment;

  public LocalWorld(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** One that cannot be looked at is there: only what Linux says is missing is. */
  @Override
  public boolean exists(String path) {
    return !Files.notExists(Path.of(path));
  }

  @Override
  public boolean holdsSomething(String path) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(path))) {
      return entries.iterator().hasNext();
    } catch (IOException none) {
      return false;
    }
  }

  @Override
  public String text(String path) {
    Path file = Path.of(path);
    try {
      // what such a link of /proc names is no file
      if (path.startsWith("/proc/self/ns/")) return Files.readSymbolicLink(file).toString();
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String variable(String name) {
    return environment.get(name);
  }

  @Override
  public String architecture() {
    return System.getProperty("os.arch");
  }
}
