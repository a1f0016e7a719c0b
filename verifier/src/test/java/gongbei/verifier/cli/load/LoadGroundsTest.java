package gongbei.verifier.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.trust.KeyGeneration;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.status.StatusForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Residents whose rows, or whose load, state a ground and an end. */
final class LoadGroundsTest extends CommandRuns {
  private static final String HEADER =
      "subject,colour,result,sampleTime,doses,lastDoseDate,flags,ground,until,next\n";
  private static final Subject FIRST = new Subject(0, 101);
  private static final Subject SECOND = new Subject(0, 102);

  private final Instant end =
      Instant.now().plus(Duration.ofDays(3)).truncatedTo(ChronoUnit.MINUTES);
  private final Instant later = end.plus(Duration.ofDays(1));
  private final Instant sampled = end.minus(Duration.ofDays(4));
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void place() {
    file = directory.resolve("residents.csv");
  }

  private void write(String... rows) throws IOException {
    Files.writeString(file, HEADER + String.join("\n", rows) + "\n");
  }

  private int loadTo(TestNode node, String... more) throws IOException {
    if (!Files.exists(directory.resolve("authority"))) {
      KeyGeneration.write(node.authority, "authority", directory.resolve("authority"));
    }
    final String[] arguments = {
      "load",
      file.toString(),
      "--url",
      node.http("/"),
      "--authority-keys",
      directory.resolve("authority").toString(),
      "--no-progress"
    };
    final String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return run(all);
  }

  private static String endOf(StatusMap map, Subject subject) {
    final StatusRecord record = new StatusRecord();
    assertTrue(map.get(subject, record));
    return StatusForm.minute(record.untilEpochMinutes());
  }

  @Test
  void aRowsOwnGroundAndEndCountForMoreThanTheLoads() throws Exception {
    write(
        FIRST + ",red,positive," + sampled + ",1,,,lab-result," + end + ",yellow",
        SECOND + ",yellow,,,1,,,,,",
        new Subject(0, 103) + ",green,,,1,,,,,");
    try (TestNode node = new TestNode()) {
      assertEquals(1, loadTo(node, "--ground", "close-contact", "--until", later.toString()));
      assertTrue(err.contains("line 4: the node answered ground-not-yours"), err);
      write(
          FIRST + ",red,positive," + sampled + ",1,,,lab-result," + end + ",yellow",
          SECOND + ",yellow,,,1,,,,,");
      assertEquals(0, loadTo(node, "--ground", "close-contact", "--until", later.toString()), err);
      final StatusMap map = node.node.resources().statusMap();
      assertEquals(end.toString(), endOf(map, FIRST));
      assertEquals(later.toString(), endOf(map, SECOND));
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(FIRST, record));
      assertEquals(StatusRecord.YELLOW, record.next());
    }
  }

  @Test
  void aRowThatTheTableRefusesIsNamedByItsLine() throws Exception {
    write(FIRST + ",red,,,1,,,registry,,", SECOND + ",red,,,1,,,close-contact,,");
    try (TestNode node = new TestNode()) {
      assertEquals(1, loadTo(node));
      assertTrue(
          err.contains("line 3: the node answered until-missing; the rows before it may be"), err);
      write(FIRST + ",red,,,1,,,because,,");
      assertEquals(1, loadTo(node));
      assertTrue(err.contains("ground is because, which is not in the table of grounds"), err);
    }
  }

  @Test
  void aLoadIntoADataDirectoryIsHeldToTheSameTable() throws Exception {
    final String data = directory.resolve("data").toString();
    write(
        FIRST + ",red,positive," + sampled + ",1,,,lab-result," + end + ",",
        SECOND + ",red,,,1,,,close-contact,,");
    final String[] load = {"load", file.toString(), "--data", data, "--no-progress"};
    assertEquals(1, run(load));
    assertTrue(err.contains("line 3: the log answered until-missing"), err);
    write(FIRST + ",red,,,1,,,because,,");
    assertEquals(1, run(load));
    assertTrue(err.contains("line 2: ground is not in the table of grounds"), err);
    write(FIRST + ",red,positive," + sampled + ",1,,,lab-result," + end + ",");
    assertEquals(0, run(load), err);
    try (StatusMap map = StatusMap.persisted(Path.of(data), 1_000_000)) {
      assertEquals(end.toString(), endOf(map, FIRST));
    }
  }

  @Test
  void whatCanBeNoGroundOrEndIsAUsageError() throws Exception {
    write(FIRST + ",green,,,1,,,,,");
    final String data = directory.resolve("data").toString();
    assertEquals(
        2, run("load", file.toString(), "--data", data, "--no-progress", "--ground", "Why?"));
    assertTrue(err.contains("--ground is not a name"), err);
    assertEquals(
        2, run("load", file.toString(), "--data", data, "--no-progress", "--until", "tomorrow"));
    assertTrue(err.contains("--until is not an RFC 3339 date-time"), err);
  }
}
