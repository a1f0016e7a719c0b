package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Prerequisite;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The faults of the chaos run are such: of real processes and a real network. */
final class FaultToolsTest {
  @TempDir private Path directory;

  private static void require(boolean isThere, String what) {
    Prerequisite.require(isThere, what + " is missing, so that these faults can't be made");
  }

  private ProcessFaults faults() throws Exception {
    require(FaultTools.runs("gcc", "--version"), "gcc");
    return new ProcessFaults(
        new FaultTools(directory).process(),
        directory.resolve("control"),
        Files.createDirectories(directory.resolve("data")));
  }

  private static String run(ProcessFaults faults, String... command)
      throws IOException, InterruptedException {
    final ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(faults.environment());
    final Process process = builder.start();
    final String told =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor(), told);
    return told;
  }

  @Test
  void aProcessSeesAClockThatJumps() throws Exception {
    final ProcessFaults faults = faults();
    final long before = System.currentTimeMillis() / 1_000;
    assertNear(before, run(faults, "date", "+%s"));
    assertEquals(0, faults.wrongClockReads());
    faults.clockOffset(Duration.ofHours(-1));
    assertNear(before - 3_600, run(faults, "date", "+%s"));
    assertTrue(faults.wrongClockReads() > 0);
  }

  private static void assertNear(long seconds, String told) {
    assertTrue(Math.abs(Long.parseLong(told) - seconds) <= 20, () -> told + ", not " + seconds);
  }

  @Test
  void aProcessWritesSlowlyWhereItsDataIsAndOnlyThere() throws Exception {
    final ProcessFaults faults = faults();
    faults.writeDelay(Duration.ofMillis(50));
    final Path elsewhere = directory.resolve("elsewhere");
    final Path data = directory.resolve("data").resolve("file");
    run(faults, "dd", "if=/dev/zero", "of=" + elsewhere, "bs=512", "count=10");
    assertEquals(0, faults.delayedWrites());
    final long from = System.nanoTime();
    run(faults, "dd", "if=/dev/zero", "of=" + data, "bs=512", "count=10", "conv=fsync");
    final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
    assertEquals(11, faults.delayedWrites());
    assertEquals(Duration.ofMillis(550), faults.delayed());
    assertTrue(millis >= 550, () -> millis + " ms");
    assertEquals(5_120, Files.size(data));
  }

  @Test
  void namespacesReachEachOtherUnlessTheyAreCutOff() throws Exception {
    final String missing = NetworkNamespaces.missing();
    require(missing == null, String.valueOf(missing));
    try (NetworkNamespaces spaces = NetworkNamespaces.make(directory, 1)) {
      assertNull(ask(spaces, 0, 1));
      assertEquals(0, spaces.framesCut());
      spaces.part(1);
      assertEquals("no answer", ask(spaces, 0, 1, 1));
      assertTrue(spaces.framesCut() > 0);
      assertNull(ask(spaces, -1, 1));
      spaces.cut(1);
      assertEquals("no answer", ask(spaces, -1, 1, 1));
      spaces.mend(1);
      assertNull(ask(spaces, 0, 1));
      assertNull(ask(spaces, -1, 1));
    }
  }

  @Test
  void framesAreLateAndLost() throws Exception {
    final String missing = NetworkNamespaces.missing();
    require(missing == null, String.valueOf(missing));
    try (NetworkNamespaces spaces = NetworkNamespaces.make(directory, 1)) {
      assertNull(ask(spaces, 2, 3));
      spaces.impair(3, Duration.ofMillis(200), Duration.ofMillis(1), 0);
      final long from = System.nanoTime();
      assertNull(ask(spaces, 2, 3));
      final long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
      assertTrue(millis >= 400, () -> millis + " ms there and back");
      assertTrue(spaces.framesDelayed() >= 2);
      assertEquals(0, spaces.framesLost());
      spaces.impair(3, Duration.ZERO, Duration.ZERO, 100);
      assertEquals("no answer", ask(spaces, 2, 3, 1));
      assertTrue(spaces.framesLost() > 0);
      spaces.repair(3);
      assertNull(ask(spaces, 2, 3));
    }
  }

  private static String ask(NetworkNamespaces spaces, int from, int to) throws Exception {
    return ask(spaces, from, to, 20);
  }

  /**
   * Opens a connection, which is refused where it arrives; null where that was the answer.
   *
   * @param seconds how long an answer is waited for
   */
  private static String ask(NetworkNamespaces spaces, int from, int to, int seconds)
      throws Exception {
    final List<String> command = new ArrayList<>(from < 0 ? List.of() : spaces.prefix(from));
    command.addAll(
        List.of(
            "timeout",
            Integer.toString(seconds),
            "bash",
            "-c",
            "exec 3<>/dev/tcp/" + spaces.host(to) + "/9"));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return told.contains("refused") ? null : "no answer";
  }
}
