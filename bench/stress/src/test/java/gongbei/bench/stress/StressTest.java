package gongbei.bench.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.map.VersionMarkStress;
import gongbei.testing.OneJdk;
import gongbei.verifier.scan.SeenCodesStress;
import gongbei.verifier.server.ReplyQueueStress;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs jcstress over this module's tests, which are its main classes, in a process of its own: as a
 * bounded run, or in the mode of {@code -Dgongbei.stressMode}, as in {@code default}.
 */
@OneJdk
final class StressTest {
  private static final List<Class<?>> TESTS =
      List.of(
          ReplyQueueStress.TwoWorkers.class,
          ReplyQueueStress.WorkerAndDrain.class,
          SeenCodesStress.class,
          VersionMarkStress.class);

  /**
   * The quickest mode, with samples for 50 ms a process: by itself it takes one sample, which finds
   * no race.
   */
  private static final List<String> BOUNDED =
      List.of("-m", "sanity", "-time", "50", "-strideSize", "64", "-strideCount", "32");

  @TempDir private Path directory;

  /** What opens the JDK to this process, and has to open it to those that jcstress starts. */
  private static List<String> openings() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith("--add-"))
        .toList();
  }

  @Test
  void nothingIsSeenThatMustNotBe() throws Exception {
    final List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add("org.openjdk.jcstress.Main");
    final String mode = System.getProperty("gongbei.stressMode");
    command.addAll(mode == null ? BOUNDED : List.of("-m", mode));
    // One process for each way to compile a test as a whole.
    command.addAll(List.of("-sc", "false", "-fsm", "1", "-af", "NONE"));
    command.addAll(List.of("-t", "gongbei\\..*Stress", "-r", directory.toString()));
    // A process lives for a second: the serial collector starts and ends in the least of it.
    command.addAll(List.of("--jvmArgsPrepend", "-XX:+UseSerialGC " + String.join(" ", openings())));
    final Process jcstress =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    final String output =
        new String(jcstress.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jcstress.waitFor(), output);
    assertTrue(output.contains("Failed tests: No matches"), output);
    assertTrue(output.contains("Error tests: No matches"), output);
    assertTrue(
        output.contains("All remaining tests: " + TESTS.size() + " matching test results"), output);
  }
}
