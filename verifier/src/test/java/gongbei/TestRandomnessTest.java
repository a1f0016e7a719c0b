package gongbei;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import gongbei.testing.OneJdk;
import java.nio.file.Path;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Whatever tests draw at random comes from their seed, {@link gongbei.testing.Seeds}. */
@OneJdk
final class TestRandomnessTest {
  private static final JavaClasses TESTS =
      new ClassFileImporter()
          .withImportOption(new SourceIsThere())
          .importPaths(
              Path.of("..", "codec", "target", "test-classes"),
              Path.of("..", "replication", "target", "test-classes"),
              Path.of("client", "target", "test-classes"),
              Path.of("target", "test-classes"));

  @Test
  void noTestMakesASourceOfItsOwn() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gongbei.testing..")
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callConstructor(Random.class, long.class)
        .orShould()
        .callConstructor(java.util.SplittableRandom.class)
        .orShould()
        .callMethod(ThreadLocalRandom.class, "current")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .check(TESTS);
  }
}
