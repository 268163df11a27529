package svc.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import svc.os.Errno;

/** What can be tried without a machine to lose. */
class PosixMachineTest {

  @TempDir Path directory;

  private final PosixMachine machine = new PosixMachine();

  @AfterEach
  void end() {
    machine.close();
  }

  private Errno link(String target, Path path) {
    return machine.link(target, path.toString());
  }

  @Test
  void aLinkIsMadeAndTakesThePlaceOfAnother() throws Exception {
    Path path = directory.resolve("link");
    assertEquals(Errno.OK, link("/run/initctl", path));
    assertEquals(Path.of("/run/initctl"), Files.readSymbolicLink(path));
    assertEquals(Errno.OK, link("elsewhere", path));
    assertEquals(Path.of("elsewhere"), Files.readSymbolicLink(path));
  }

  @Test
  void aLinkNeverTakesThePlaceOfAnythingElse() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    assertEquals("EEXIST", link("/run/initctl", file).name());
    assertEquals("precious", Files.readString(file));
    Path full = Files.createDirectory(directory.resolve("directory"));
    assertEquals("EEXIST", link("/run/initctl", full).name());
    assertEquals(Errno.ENOENT, link("x", directory.resolve("no/such")));
  }

  @Test
  void whatIsNotMountedIsNotDetached() {
    String path = directory.toString();
    assertEquals(Errno.EINVAL, machine.unmount(path));
    assertEquals(Errno.ENOENT, machine.unmount(path + "/no"));
  }

  @Test
  void aConsoleThatIsNotThereLeavesOursAlone() {
    assertEquals(Errno.ENOENT, machine.openConsole(directory + "/no"));
  }
}
