package svc.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import svc.init.logic.Settings;
import svc.service.Source;

/** Scripts, man pages and completions of the tree, read by those who will read them. */
@Timeout(60)
class DescriptionsIT {

  private static final Path TREE = Path.of("target", "dist");

  static List<Path> pages() throws IOException {
    return files(TREE.resolve("share/man"), ".gz");
  }

  static List<Path> completions() throws IOException {
    return files(TREE.resolve("share/bash-completion"), "");
  }

  static List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>(files(TREE.resolve("bin"), ""));
    scripts.add(TREE.resolve("lib/java.sh"));
    return scripts;
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && file.toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void aManPageIsWithoutWarnings(Path page, @TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mandoc")), "needs mandoc");
    Path plain = directory.resolve("page");
    try (var bytes = new GZIPInputStream(Files.newInputStream(page))) {
      Files.copy(bytes, plain);
    }
    assertEquals("", output(0, "mandoc", "-T", "lint", "-W", "warning", plain.toString()));
  }

  @Test
  void everyCommandIsInThePage() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mandoc")), "needs mandoc");
    String page = output(0, "mandoc", "-T", "ascii", pages().get(0).toString());
    String plain = page.replaceAll(".\b", "");
    for (String command : List.of("up", "status", "start", "plan", "nv dump")) {
      assertTrue(plain.contains("svc " + command + " "), plain);
    }
  }

  @Test
  void initConfIsWithoutProblems() throws Exception {
    Path file = TREE.resolve("etc/svc/init.conf");
    Settings settings = Settings.of(new Source("init", "init.conf", Files.readString(file)));
    assertEquals(List.of(), settings.problems());
    assertEquals(Settings.usual(), settings, "what is not commented out is usual too");
  }

  @ParameterizedTest
  @MethodSource("completions")
  void bashReadsACompletion(Path completion) throws Exception {
    assertEquals("", output(0, "bash", "-n", completion.toString()));
  }

  @Test
  void bashCompletesACommand() throws Exception {
    String script =
        ". target/dist/share/bash-completion/completions/svc; COMP_WORDS=(svc st) COMP_CWORD=1;"
            + " _complete_svc; echo ${COMPREPLY[@]}";
    assertEquals("start status stop", output(0, "bash", "-c", script).strip());
  }

  /** What is there at the moment: a manager says so, in whose place a script stands. */
  @ParameterizedTest
  @CsvSource({
    "svc why re, redis",
    "svc stop shop @ o, @one",
    "svc logs --socket /other /o, /other",
    "svc help type o, oneshot",
    "svc kill -s US, USR1 USR2",
    "svc kill -s HUP r, redis",
    "svc status --js, --json"
  })
  void bashCompletesNames(String words, String expected, @TempDir Path directory) throws Exception {
    Path svc = directory.resolve("svc");
    Files.writeString(
        svc,
        """
        #!/bin/sh
        case $1 in
          status) printf 'SERVICE TYPE\\nredis daemon\\nshop@one daemon\\nshop@two daemon\\n'
            echo "${SVC_SOCKET:-} daemon" ;;
          types) printf 'TYPE VERSION\\ndaemon 1\\noneshot 1\\n' ;;
        esac
        """);
    assertTrue(svc.toFile().setExecutable(true));
    String line = words.replace(" @ ", "@");
    String script =
        "PATH=%s:$PATH; . target/dist/share/bash-completion/completions/svc; compopt() { :; };"
                .formatted(directory)
            + " COMP_LINE='%s' COMP_POINT=%d; COMP_WORDS=(%s) COMP_CWORD=%d;"
                .formatted(line, line.length(), words, words.split(" ").length - 1)
            + " _complete_svc_with_names; echo ${COMPREPLY[@]}";
    String said = output(0, "env", "-u", "SVC_SOCKET", "bash", "-c", script).strip();
    assertEquals(expected, said);
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void aScriptIsClean(Path script) throws Exception {
    assertEquals("", output(0, "sh", "-n", script.toString()));
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/shellcheck")), "needs shellcheck");
    assertEquals("", output(0, "shellcheck", "-x", "-P", "SCRIPTDIR", script.toString()));
  }

  private static String output(int status, String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes());
    assertEquals(status, process.waitFor(), text);
    return text;
  }
}
