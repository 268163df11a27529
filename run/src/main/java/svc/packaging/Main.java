package svc.packaging;

import java.nio.file.Path;

/** Run by Maven before it packages; its argument is the directory to make things in. */
public final class Main {

  private Main() {}

  public static void main(String[] args) throws Exception {
    Path target = Path.of(args[0]);
    NativeLibraries.unpack(target.resolve("made/lib/native"));
    JavaRuntime.make(target.resolve("jre"));
  }
}
