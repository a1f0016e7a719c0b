package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a stranger sees first. */
final class TopLevelTest {
  private static final Set<String> ROOMS =
      Set.of("verifier", "codec", "replication", "bench", "pom.xml", "README.md", "LICENSE");

  @Test
  void theRepositoryOpensWithFourModulesAndNothingElseThatIsVisible()
      throws IOException, InterruptedException {
    final Path root = Path.of("..").toAbsolutePath().normalize();
    assumeTrue(Files.exists(root.resolve(".git")), "these are no files of a Git repository");
    final Process git =
        new ProcessBuilder("git", "-c", "safe.directory=*", "ls-tree", "--name-only", "HEAD")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    final String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, git.waitFor());
    assertEquals(
        ROOMS, names.lines().filter(name -> !name.startsWith(".")).collect(Collectors.toSet()));
  }
}
