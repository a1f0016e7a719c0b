package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.setup.NodeProcess;
import gongbei.testing.BriefJvm;
import gongbei.testing.Prerequisite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One try each of what {@code disk-full} does over and over. */
final class DiskFullIT {
  private static final long SEED = 1;
  private static final Path JAR = Path.of("..", "verifier", "target", "gongbei.jar");

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(SmallDisk.Kind.class)
  void aNodeComesBackFromAFullDiskWithAllThatItAcknowledged(SmallDisk.Kind kind) throws Exception {
    final String missing = SmallDisk.missing();
    Prerequisite.require(missing == null, "this machine lacks " + missing + " for a small disk");
    final List<String> options = new ArrayList<>(BriefJvm.OPTIONS);
    options.add("-Xmx256m");
    final List<String> launch = NodeProcess.launchOf(options, JAR);
    try (DiskFullAttempt attempt = new DiskFullAttempt(launch, kind, directory, SEED)) {
      final DiskFullAttempt.Result result = attempt.run();
      assertTrue(result.acknowledged() > 0, result::toString);
      assertTrue(
          result.refusal().isEmpty()
              || result.refusal().contains("make room, then this node goes on by itself"),
          result::toString);
    }
  }
}
