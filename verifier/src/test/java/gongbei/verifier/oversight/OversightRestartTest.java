package gongbei.verifier.oversight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node with a data directory knows of its authorities after a stop. */
final class OversightRestartTest {
  private static final long AUTHORITY = 0xa0;
  private static final int HOLDERS = 90;

  @TempDir private Path directory;

  private Node start() throws Exception {
    return Node.start(
        NodeConfig.read(
            Files.writeString(
                directory.resolve("node.yaml"),
                "dataDirectory: data\nmaxSubjects: 1000\nhttp: {port: 0}\ntcp: {port: 0}\n"
                    + "replication: {logTermBytes: 1048576, segmentBytes: 1048576,"
                    + " feedBytes: 1048576}\n")));
  }

  private static void change(Node node, Colour colour) {
    final long now = TimeUnit.SECONDS.toMinutes(Instant.now().getEpochSecond());
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      commands.add(
          StatusCommand.SetStatus.of(new Subject(5, i))
              .colour(colour)
              .until(colour == Colour.GREEN ? 0 : (int) now + 2_000 + i)
              .origin(ChangeOrigin.of(AUTHORITY, GroundTable.REGISTRY))
              .build());
    }
    node.resources().log().submit(commands).join();
  }

  private static OversightReport report(Node node) throws InterruptedException {
    final OversightReport[] found = new OversightReport[1];
    Patience.await(
        "the colours are counted",
        () -> {
          found[0] = node.resources().oversight().report(Instant.now().getEpochSecond());
          return found[0].inForce().isPresent();
        });
    return found[0];
  }

  private static long total(OversightReport report, Tally tally) {
    final long hour = report.epochSeconds() / Oversight.HOUR_SECONDS;
    return report.series().stream()
        .filter(series -> series.authority() == AUTHORITY)
        .mapToLong(series -> series.count(tally, hour) + series.count(tally, hour - 1))
        .sum();
  }

  private static void assertWhole(OversightReport report) {
    assertEquals(new OversightReport.Colours(0, 0, HOLDERS), report.inForce().orElseThrow());
    assertEquals(HOLDERS, total(report, Tally.REGISTERED));
    assertEquals(HOLDERS, total(report, Tally.RED));
    assertEquals(HOLDERS, report.lapses().stream().mapToLong(OversightReport.Lapses::red).sum());
    assertEquals(0, report.completeSince());
    assertEquals(
        HOLDERS,
        report.series().stream()
            .filter(series -> series.authority() == AUTHORITY)
            .mapToLong(series -> series.turnedInDay(report.epochSeconds()))
            .sum(),
        "what counts towards the ceilings");
  }

  @Test
  void aNodeThatWasStoppedGoesOnWithAllThatItHadCounted() throws Exception {
    try (Node node = start()) {
      change(node, Colour.GREEN);
      change(node, Colour.RED);
      assertWhole(report(node));
    }
    assertTrue(Files.exists(directory.resolve("data").resolve("oversight")));
    try (Node node = start()) {
      assertWhole(report(node));
      change(node, Colour.GREEN);
      final OversightReport after = report(node);
      assertEquals(new OversightReport.Colours(HOLDERS, 0, 0), after.inForce().orElseThrow());
      assertEquals(HOLDERS, total(after, Tally.GREEN));
    }
  }

  @Test
  void aNodeWithoutItsFileCountsTheColoursFromItsMapAndSaysWhatItLacks() throws Exception {
    try (Node node = start()) {
      change(node, Colour.GREEN);
      change(node, Colour.RED);
    }
    Files.delete(directory.resolve("data").resolve("oversight"));
    try (Node node = start()) {
      final OversightReport report = report(node);
      assertEquals(new OversightReport.Colours(0, 0, HOLDERS), report.inForce().orElseThrow());
      assertEquals(0, total(report, Tally.RED));
      assertEquals(report.epochSeconds(), report.completeSince(), "the hours begin now");
    }
  }
}
