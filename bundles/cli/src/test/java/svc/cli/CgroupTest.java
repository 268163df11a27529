package svc.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupTest {

  @TempDir Path proc;

  private String of(String service, String cgroup) throws IOException {
    Path process = Files.createDirectories(proc.resolve("7"));
    Files.writeString(process.resolve("cgroup"), cgroup);
    return Cgroup.of(service, 7, proc);
  }

  @Test
  void isTheServicesOwn() throws IOException {
    assertEquals("/a/svc.main.1/svc.web", of("web", "4:memory:/m\n0::/a/svc.main.1/svc.web\n"));
    assertEquals("/svc.main.1/svc.web", of("web", "0::/svc.main.1/svc.web/of-its-own\n"));
  }

  @Test
  void isNoneWhereItIsInOurs() throws IOException {
    assertEquals("", of("web", "0::/\n"));
    assertEquals("", of("web", "0::/svc.main.1/svc.website\n"));
    assertEquals("", of("web", "4:memory:/svc.web\n"));
    assertEquals("", Cgroup.of("web", 0, proc));
    assertEquals("", Cgroup.of("web", 8, proc));
  }
}
