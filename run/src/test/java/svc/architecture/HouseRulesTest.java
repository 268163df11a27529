package svc.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What may see what. Every rule is also held against {@code svc.architecture.sample}, whose classes
 * break each of them, since a rule that never fails proves nothing.
 */
class HouseRulesTest {

  private static final Path BUNDLES = Path.of("..", "bundles");

  private static final JavaClasses SVC = classesOf(bundleFolders());

  /** No bundle, so it is not among them. */
  private static final JavaClasses TESTKIT = classesOf(List.of(BUNDLES.resolve("testkit")));

  private static final JavaClasses SAMPLES =
      new ClassFileImporter().importPackages("svc.architecture.sample");

  private static final String[] NATIVE = {
    "jnr..", "com.kenai..", "org.newsclub..", "com.kohlschutter.."
  };

  private static final ArchRule LOGIC_IS_PURE =
      classes()
          .that()
          .resideInAPackage("..logic..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "java.lang",
                      "java.lang.invoke",
                      "java.lang.runtime",
                      "java.util",
                      "java.util.function",
                      "java.util.stream",
                      "java.nio.charset",
                      "..logic..",
                      "svc.service..",
                      "svc.type..",
                      "svc.os..")
                  .and(not(resideInAPackage("svc.os").and(named("svc.os.Kernel")))));

  private static final ArchRule LOGIC_KNOWS_NO_CLOCK_THREAD_OR_CHANCE =
      noClasses()
          .that()
          .resideInAPackage("..logic..")
          .should()
          .accessClassesThat(
              named(
                  "java.lang.System",
                  "java.lang.Thread",
                  "java.lang.Runtime",
                  "java.lang.ProcessBuilder",
                  "java.lang.ProcessHandle",
                  "java.util.Random",
                  "java.util.Date",
                  "java.util.Timer"));

  private static final ArchRule ONLY_POSIX_IS_NATIVE =
      noClasses()
          .that()
          .resideOutsideOfPackage("svc.posix..")
          .should()
          .dependOnClassesThat(resideInAnyPackage(NATIVE));

  private static final ArchRule INIT_SEES_NO_NV =
      noClasses()
          .that()
          .resideInAPackage("..init..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("svc.nv..", "svc.ipc.."))
          .allowEmptyShould(true);

  private static final ArchRule ROLES_DO_NOT_SEE_EACH_OTHER =
      noClasses()
          .that()
          .resideInAPackage("..supervise..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("svc.manager..", "svc.init.."))
          .allowEmptyShould(true);

  private static final ArchRule NOR_THE_OTHER_WAY_ROUND =
      noClasses()
          .that()
          .resideInAPackage("..manager..")
          .should()
          .dependOnClassesThat(resideInAnyPackage("svc.supervise..", "svc.init.."));

  private static final ArchRule TYPES_SEE_THE_CONTRACT_ALONE =
      classes()
          .that()
          .resideInAPackage("..plugin..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "svc.type", "svc.service", "..plugin..", "org.osgi.."));

  private static final ArchRule NOBODY_STARTS_PROCESSES_BEHIND_THE_KERNEL =
      noClasses()
          .should()
          .dependOnClassesThat(named("java.lang.Process", "java.lang.ProcessBuilder"))
          .orShould()
          .callMethod(Runtime.class, "exec", String[].class);

  private static final ArchRule NOBODY_NEEDS_WHAT_TESTS_ARE_MADE_OF =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("svc.testkit..", "svc.simulation..", "org.junit.."));

  /** An author picks the test framework. */
  private static final ArchRule TESTKIT_SEES_THE_CONTRACT_AND_THE_SIMULATION =
      classes()
          .that()
          .resideInAPackage("..testkit..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "java..",
                  "javax.xml..",
                  "org.w3c.dom..",
                  "org.osgi.framework",
                  "svc.type",
                  "svc.service",
                  "svc.os",
                  "svc.simulation",
                  "svc.testkit"));

  private static final List<ArchRule> RULES =
      List.of(
          LOGIC_IS_PURE,
          LOGIC_KNOWS_NO_CLOCK_THREAD_OR_CHANCE,
          ONLY_POSIX_IS_NATIVE,
          INIT_SEES_NO_NV,
          ROLES_DO_NOT_SEE_EACH_OTHER,
          NOR_THE_OTHER_WAY_ROUND,
          TYPES_SEE_THE_CONTRACT_ALONE,
          NOBODY_STARTS_PROCESSES_BEHIND_THE_KERNEL,
          NOBODY_NEEDS_WHAT_TESTS_ARE_MADE_OF,
          TESTKIT_SEES_THE_CONTRACT_AND_THE_SIMULATION);

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> all = Set.of(names);
    return DescribedPredicate.describe("one of " + all, each -> all.contains(each.getName()));
  }

  private static List<Path> bundleFolders() {
    try (Stream<Path> files = Files.walk(BUNDLES, 3)) {
      return files.filter(file -> file.endsWith("bnd.bnd")).map(Path::getParent).sorted().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static JavaClasses classesOf(List<Path> folders) {
    List<Path> directories = new ArrayList<>();
    for (Path folder : folders) directories.add(folder.resolve("target").resolve("classes"));
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeArchives())
        .importPaths(directories);
  }

  @Test
  void everyBundleIsLookedAt() {
    Set<String> seen = new TreeSet<>();
    SVC.forEach(
        each ->
            seen.add(
                each.getSource()
                    .orElseThrow()
                    .getUri()
                    .getPath()
                    .replaceAll(".*/bundles/(.*)/target/classes/.*", "$1")));
    Set<String> folders = new TreeSet<>();
    for (Path folder : bundleFolders()) folders.add(BUNDLES.relativize(folder).toString());
    assertEquals(folders, seen);
    assertTrue(folders.size() >= 12, folders::toString);
  }

  @Test
  void logicIsPure() {
    LOGIC_IS_PURE.check(SVC);
    LOGIC_KNOWS_NO_CLOCK_THREAD_OR_CHANCE.check(SVC);
  }

  @Test
  void onlyPosixSeesJnrAndJunixsocket() {
    ONLY_POSIX_IS_NATIVE.check(SVC);
    // and it does, so the names of the packages are right
    for (String each : List.of("com.kenai..", "org.newsclub..")) {
      assertTrue(
          noClasses()
              .should()
              .dependOnClassesThat(resideInAPackage(each))
              .evaluate(SVC)
              .hasViolation(),
          each);
    }
  }

  @Test
  void rolesAndPluginsSeeNoMoreThanTheyShould() {
    INIT_SEES_NO_NV.check(SVC);
    ROLES_DO_NOT_SEE_EACH_OTHER.check(SVC);
    NOR_THE_OTHER_WAY_ROUND.check(SVC);
    TYPES_SEE_THE_CONTRACT_ALONE.check(SVC);
  }

  @Test
  void nobodyStartsProcessesBehindTheKernel() {
    NOBODY_STARTS_PROCESSES_BEHIND_THE_KERNEL.check(SVC);
  }

  @Test
  void whatTestsAreMadeOfStandsApart() {
    NOBODY_NEEDS_WHAT_TESTS_ARE_MADE_OF.check(SVC);
    TESTKIT_SEES_THE_CONTRACT_AND_THE_SIMULATION.check(TESTKIT);
  }

  @Test
  void everyRuleFailsWhereItIsBroken() {
    for (ArchRule rule : RULES) {
      assertTrue(
          rule.evaluate(SAMPLES).hasViolation(), () -> "nothing breaks: " + rule.getDescription());
    }
  }
}
