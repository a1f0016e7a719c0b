package gongbei.verifier.oversight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is counted of the changes of a log, and what of it outlives a node. */
final class OversightTest {
  private static final long NOON = 1_800_014_400L;
  private static final long HOUR = 3_600;
  private static final int MINUTE = (int) (NOON / 60);
  private static final long ALICE = 0xa11ce;
  private static final long BOB = 0xb0b;

  private final AtomicLong seconds = new AtomicLong(NOON);
  private final StatusMap map = StatusMap.inMemory(10_000);
  private final List<LocalCommandLog> logs = new ArrayList<>();

  @AfterEach
  void close() {
    logs.forEach(LocalCommandLog::close);
    map.close();
  }

  private LocalCommandLog log(Oversight oversight) {
    final LocalCommandLog log =
        new LocalCommandLog(
            map,
            new BackoffIdleStrategy(1, 1, 1_000, 100_000),
            () -> seconds.get() * 1_000,
            oversight);
    logs.add(log);
    return log;
  }

  private static Subject holder(int number) {
    return new Subject(number, number);
  }

  private static StatusCommand set(int holder, Colour colour, long authority, int until) {
    return StatusCommand.SetStatus.of(holder(holder))
        .colour(colour)
        .until(until)
        .origin(ChangeOrigin.of(authority, 0))
        .build();
  }

  private static long count(OversightReport report, long authority, Tally tally, long hour) {
    return report.series().stream()
        .filter(series -> series.authority() == authority)
        .mapToLong(series -> series.count(tally, hour))
        .sum();
  }

  /** The applier holds up the map's mark while it tells the oversight of a change. */
  @Test
  void aFileIsWrittenWhileTheLogGoesOn(@TempDir Path folder) throws Exception {
    final Oversight oversight = new Oversight(map, Optional.of(folder.resolve("oversight")));
    oversight.begin(0, new byte[0]);
    map.beginChange();
    final Thread saving = new Thread(oversight::save, "saving");
    saving.start();
    Patience.await(
        "the map's mark is waited for",
        () ->
            List.of(saving.getStackTrace()).stream()
                .anyMatch(frame -> frame.getMethodName().equals("mark")));
    assertEquals(0, oversight.report(NOON).series().size());
    map.endChange();
    saving.join();
    assertTrue(Files.exists(folder.resolve("oversight")));
  }

  @Test
  void changesAreCountedByAuthorityGroundAndTheHourOfTheLogsTime() {
    final Oversight oversight = new Oversight(map, Optional.empty());
    final LocalCommandLog log = log(oversight);
    log.submit(
            List.of(
                set(1, Colour.GREEN, ALICE, 0),
                set(2, Colour.RED, ALICE, MINUTE + 60),
                set(1, Colour.YELLOW, BOB, MINUTE + 60)))
        .join();
    seconds.addAndGet(HOUR);
    log.submit(List.of(set(1, Colour.RED, BOB, MINUTE + 600), set(1, Colour.GREEN, ALICE, 0)))
        .join();
    final long hour = NOON / HOUR;
    final OversightReport report = oversight.report(seconds.get());
    assertEquals(5, report.version());
    assertEquals(0, report.completeSince());
    assertEquals(2, count(report, ALICE, Tally.REGISTERED, hour));
    assertEquals(1, count(report, BOB, Tally.YELLOW, hour));
    assertEquals(0, count(report, ALICE, Tally.RED, hour), "a first entry turns nobody");
    assertEquals(1, count(report, BOB, Tally.RED, hour + 1));
    assertEquals(1, count(report, ALICE, Tally.GREEN, hour + 1));
    assertEquals(0, count(report, BOB, Tally.YELLOW, hour + 1));
  }

  private static StatusCommand.SetStatus.Builder doses(int holder, Colour colour, int doses) {
    return StatusCommand.SetStatus.of(holder(holder))
        .colour(colour)
        .until(colour == Colour.GREEN ? 0 : MINUTE + 60)
        .doses(doses)
        .origin(ChangeOrigin.of(ALICE, 0));
  }

  @Test
  void whatStopsAHolderIsCountedAsThatWhateverElseItChanges() {
    final Oversight oversight = new Oversight(map, Optional.empty());
    final LocalCommandLog log = log(oversight);
    log.submit(
            List.of(
                doses(1, Colour.GREEN, 3).build(),
                doses(2, Colour.YELLOW, 3).build(),
                doses(3, Colour.YELLOW, 3).build(),
                doses(4, Colour.GREEN, 3).build(),
                doses(5, Colour.GREEN, 3).flags(StatusRecord.DECEASED).build()))
        .join();
    log.submit(
            List.of(
                doses(1, Colour.GREEN, 2).build(),
                doses(2, Colour.GREEN, 2).build(),
                doses(3, Colour.RED, 2).build(),
                new StatusCommand.Revoke(holder(4), NOON, ChangeOrigin.of(ALICE, 0)),
                doses(3, Colour.GREEN, 2).flags(StatusRecord.DECEASED).build(),
                doses(3, Colour.GREEN, 2).flags(StatusRecord.DECEASED).build(),
                doses(2, Colour.GREEN, 3).build()))
        .join();
    final OversightReport report = oversight.report(seconds.get());
    final Map<Tally, Long> counted = new EnumMap<>(Tally.class);
    for (final Tally tally : Tally.values()) {
      final long count = count(report, ALICE, tally, NOON / HOUR);
      if (count > 0) {
        counted.put(tally, count);
      }
    }
    assertEquals(
        Map.of(
            Tally.REGISTERED, 5L,
            Tally.TAKEN, 2L,
            Tally.RED, 1L,
            Tally.REVOKED, 1L,
            Tally.DECEASED, 1L,
            Tally.OTHER, 2L),
        counted);
  }

  @Test
  void aFileOfBeforeThereWereAllCountsIsTaken(@TempDir Path directory) throws Exception {
    final Path file = Oversight.fileIn(directory);
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x474f5631);
    out.writeLong(7);
    out.writeBoolean(false);
    out.writeLong(0);
    out.writeLong(0);
    final long[] colours = new InForce().toLongs();
    out.writeInt(colours.length);
    for (final long each : colours) {
      out.writeLong(each);
    }
    out.writeInt(1);
    out.writeInt(1);
    out.writeLong(ALICE);
    out.writeLong(0);
    out.writeLong(0);
    out.writeLong(NOON / HOUR);
    for (int hour = 0; hour < Series.HOURS; hour++) {
      for (int count = 0; count < 7; count++) {
        out.writeLong(hour == Series.HOURS - 1 ? 10 + count : 0);
      }
    }
    final CRC32C checksum = new CRC32C();
    checksum.update(bytes.toByteArray());
    out.writeInt((int) checksum.getValue());
    Files.write(file, bytes.toByteArray());
    final Series series = OversightFile.read(file).orElseThrow().series().get(0);
    assertEquals(10, series.count(Tally.REGISTERED, NOON / HOUR));
    assertEquals(16, series.count(Tally.REFUSED, NOON / HOUR));
    assertEquals(0, series.count(Tally.DECEASED, NOON / HOUR));
  }

  @Test
  void aColourThatHasLapsedIsNoneThatIsChanged() {
    final Oversight oversight = new Oversight(map, Optional.empty());
    final LocalCommandLog log = log(oversight);
    log.submit(List.of(set(1, Colour.RED, ALICE, MINUTE + 30))).join();
    seconds.addAndGet(HOUR);
    log.submit(List.of(set(1, Colour.GREEN, BOB, 0))).join();
    final OversightReport report = oversight.report(seconds.get());
    assertEquals(1, count(report, BOB, Tally.OTHER, NOON / HOUR + 1));
    assertEquals(0, count(report, BOB, Tally.GREEN, NOON / HOUR + 1));
  }

  @Test
  void theHoursOfAWeekAreKeptAndNoneBefore() {
    final Oversight oversight = new Oversight(map, Optional.empty());
    final LocalCommandLog log = log(oversight);
    log.submit(List.of(set(1, Colour.GREEN, ALICE, 0))).join();
    seconds.addAndGet((Series.HOURS - 1) * HOUR);
    log.submit(List.of(set(2, Colour.GREEN, ALICE, 0))).join();
    final long hour = NOON / HOUR;
    assertEquals(1, count(oversight.report(seconds.get()), ALICE, Tally.REGISTERED, hour));
    seconds.addAndGet(HOUR);
    log.submit(List.of(set(3, Colour.GREEN, ALICE, 0))).join();
    final OversightReport report = oversight.report(seconds.get());
    assertEquals(0, count(report, ALICE, Tally.REGISTERED, hour));
    assertEquals(1, count(report, ALICE, Tally.REGISTERED, hour + Series.HOURS - 1));
    assertEquals(1, count(report, ALICE, Tally.REGISTERED, hour + Series.HOURS));
    assertEquals(0, count(report, ALICE, Tally.REGISTERED, hour + Series.HOURS + 1));
  }

  @Test
  void whereThereAreTooManySeriesTheOldGoAndTheRestIsCountedTogether() {
    final HourlyChanges changes = new HourlyChanges(4);
    for (int i = 1; i <= 6; i++) {
      changes.add(1, i, Tally.RED, NOON);
    }
    assertEquals(5, changes.all().size());
    final Series rest = changes.all().stream().filter(Series::isRest).findFirst().orElseThrow();
    assertEquals(2, rest.count(Tally.RED, NOON / HOUR));
    final long later = NOON + Series.HOURS * HOUR;
    changes.add(1, 7, Tally.RED, later);
    assertEquals(
        List.of(7L),
        changes.all().stream().filter(series -> !series.isRest()).map(Series::authority).toList());
    assertEquals(6, changes.all().stream().mapToLong(series -> series.total(Tally.RED)).sum() + 3);
  }

  /** Random changes and times: what is counted is what a walk through the map finds. */
  @Test
  void theColoursInForceAreThoseOfTheMapAtEveryMinute() {
    final Random random = Seeds.random("oversight colours");
    final Oversight oversight = new Oversight(map, Optional.empty());
    final LocalCommandLog log = log(oversight);
    for (int round = 0; round < 40; round++) {
      final List<StatusCommand> commands = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        commands.add(randomChange(random));
      }
      log.submit(commands).join();
      seconds.addAndGet(random.nextInt(8 * 3_600));
      assertSameAsMap(oversight);
    }
    seconds.addAndGet(TimeUnit.DAYS.toSeconds(30));
    assertSameAsMap(oversight);
    assertEquals(0, oversight.report(seconds.get()).inForce().orElseThrow().red());
  }

  private StatusCommand randomChange(Random random) {
    final int holder = random.nextInt(200);
    final int now = (int) (seconds.get() / 60);
    if (random.nextInt(4) == 0) {
      return new StatusCommand.SetTestResult(holder(holder), TestResult.NEGATIVE, now);
    }
    final Colour colour = Colour.ofNumber(random.nextInt(3));
    return StatusCommand.SetStatus.of(holder(holder))
        .colour(colour)
        .until(colour == Colour.GREEN ? 0 : now + 1 + random.nextInt(13 * 24 * 60))
        .next(colour == Colour.RED && random.nextBoolean() ? Colour.YELLOW : Colour.GREEN)
        .origin(ChangeOrigin.of(1 + random.nextInt(3), 0))
        .build();
  }

  private void assertSameAsMap(Oversight oversight) {
    final OversightReport report = oversight.report(seconds.get());
    final long minute = seconds.get() / 60;
    assertEquals(coloursOf(minute), report.inForce().orElseThrow());
    long red = report.later().red();
    for (final OversightReport.Lapses hour : report.lapses()) {
      red += hour.red();
    }
    assertEquals(report.inForce().get().red(), red, "every red of these lapses");
    final OversightReport.Lapses next = report.lapses().get(1);
    final long[] ends = new long[1];
    map.forEach(
        (subject, record) -> {
          final long until = record.untilEpochMinutes();
          final boolean ends1 = until / 60 == next.epochHour();
          ends[0] += ends1 && record.colour() == StatusRecord.RED ? 1 : 0;
        });
    assertEquals(ends[0], next.red());
  }

  private OversightReport.Colours coloursOf(long minute) {
    final long[] counts = new long[3];
    map.forEach((subject, record) -> counts[record.colourAt(minute)]++);
    return new OversightReport.Colours(counts[0], counts[1], counts[2]);
  }

  @Test
  void aNodeThatGoesOnWhereItStoppedTakesAllFromItsFile(@TempDir Path directory) {
    final Path file = Oversight.fileIn(directory);
    final Oversight before = new Oversight(map, Optional.of(file));
    final LocalCommandLog log = log(before);
    final Random random = Seeds.random("oversight file");
    for (int i = 0; i < 300; i++) {
      log.submit(List.of(randomChange(random))).join();
      seconds.addAndGet(random.nextInt(3_600));
    }
    log.close();
    before.stop();
    before.save();
    final Oversight after = new Oversight(map, Optional.of(file));
    after.begin(map.version(), new byte[0]);
    assertSameReport(before, after);
    assertSameAsMap(after);
  }

  private void assertSameReport(Oversight one, Oversight other) {
    final OversightReport before = one.report(seconds.get());
    final OversightReport after = other.report(seconds.get());
    assertEquals(before.inForce(), after.inForce());
    assertEquals(before.lapses(), after.lapses());
    assertEquals(before.version(), after.version());
    assertEquals(before.completeSince(), after.completeSince());
    assertTrue(before.series().size() > 2);
    assertSameHours(before, after);
  }

  private void assertSameHours(OversightReport before, OversightReport after) {
    assertEquals(before.series().size(), after.series().size());
    final long hour = seconds.get() / HOUR;
    for (long at = hour - Series.HOURS + 1; at <= hour; at++) {
      for (final Tally tally : Tally.values()) {
        for (long authority = 0; authority < 4; authority++) {
          assertEquals(
              count(before, authority, tally, at), count(after, authority, tally, at), "" + at);
        }
      }
    }
  }

  /** As after a crash: the state is one of before, and what followed is told once more. */
  @Test
  void whatIsToldAgainIsNotCountedAgainAndTheColoursAreCountedAnewFromTheMap(
      @TempDir Path directory) throws InterruptedException {
    final Path file = Oversight.fileIn(directory);
    final Oversight before = new Oversight(map, Optional.of(file));
    final Random random = Seeds.random("oversight again");
    final StatusMap replayed = StatusMap.inMemory(10_000);
    final List<StatusCommand> commands = new ArrayList<>();
    final LocalCommandLog log = log(before);
    for (int i = 0; i < 200; i++) {
      commands.add(randomChange(random));
      log.submit(List.of(commands.get(i))).join();
    }
    before.save();
    // The map that the node has read from a snapshot of the 120th version.
    try (LocalCommandLog snapshot =
        new LocalCommandLog(
            replayed,
            new BackoffIdleStrategy(1, 1, 1_000, 100_000),
            () -> seconds.get() * 1_000,
            new Oversight(replayed, Optional.empty()))) {
      snapshot.submit(commands.subList(0, 120)).join();
    }
    final Oversight after = new Oversight(replayed, Optional.of(file));
    after.begin(120, new byte[0]);
    final LocalCommandLog replay =
        new LocalCommandLog(
            replayed,
            new BackoffIdleStrategy(1, 1, 1_000, 100_000),
            () -> seconds.get() * 1_000,
            after);
    logs.add(replay);
    for (final Applied applied : replay.submit(commands.subList(120, 200)).join()) {
      assertTrue(applied.version() > 120);
    }
    awaitColours(after);
    assertEquals(before.report(seconds.get()).inForce(), after.report(seconds.get()).inForce());
    assertSameHours(before.report(seconds.get()), after.report(seconds.get()));
    assertEquals(0, after.report(seconds.get()).completeSince());
    replay.submit(List.of(set(1, Colour.GREEN, BOB, 0))).join();
    assertTrue(
        after.report(seconds.get()).series().stream()
            .anyMatch(series -> series.authority() == BOB));
    replay.close();
    after.stop();
    replayed.close();
  }

  private void awaitColours(Oversight oversight) throws InterruptedException {
    Patience.await(
        "the colours are counted", () -> oversight.report(seconds.get()).inForce().isPresent());
  }

  @Test
  void theColoursAreCountedWhileTheMapChanges() throws InterruptedException {
    final Random random = Seeds.random("oversight changing");
    final LocalCommandLog first = log(new Oversight(map, Optional.empty()));
    final List<StatusCommand> holders = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      holders.add(set(i, Colour.ofNumber(i % 3), ALICE, i % 3 == 0 ? 0 : MINUTE + 1 + i));
    }
    first.submit(holders).join();
    first.close();
    for (int round = 0; round < 20; round++) {
      final Oversight oversight = new Oversight(map, Optional.empty());
      final LocalCommandLog log = log(oversight);
      oversight.begin(map.version(), new byte[0]);
      final List<StatusCommand> commands = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        commands.add(randomChange(random));
      }
      log.submit(commands).join();
      awaitColours(oversight);
      assertEquals(
          coloursOf(seconds.get() / 60), oversight.report(seconds.get()).inForce().orElseThrow());
      log.close();
      oversight.stop();
    }
  }

  @Test
  void aFileThatIsNotWholeIsLeftOut(@TempDir Path directory) throws Exception {
    final Path file = Oversight.fileIn(directory);
    final Oversight before = new Oversight(map, Optional.of(file));
    log(before).submit(List.of(set(1, Colour.GREEN, ALICE, 0))).join();
    before.save();
    final byte[] whole = Files.readAllBytes(file);
    assertTrue(OversightFile.read(file).isPresent());
    for (int i = 0; i < whole.length; i += 1 + whole.length / 50) {
      final byte[] changed = whole.clone();
      changed[i] ^= 1;
      Files.write(file, changed);
      assertTrue(OversightFile.read(file).isEmpty(), "byte " + i);
    }
    Files.write(file, new byte[3]);
    assertTrue(OversightFile.read(file).isEmpty());
  }

  @Test
  void hoursThatAreMissingAreSaidSo(@TempDir Path directory) {
    final Path file = Oversight.fileIn(directory);
    final Oversight before = new Oversight(map, Optional.of(file));
    final LocalCommandLog log = log(before);
    log.submit(List.of(set(1, Colour.GREEN, ALICE, 0))).join();
    before.save();
    log.submit(List.of(set(2, Colour.GREEN, ALICE, 0))).join();
    log.close();
    final Oversight after = new Oversight(map, Optional.of(file));
    after.begin(2, new byte[0]);
    assertEquals(seconds.get(), after.report(seconds.get()).completeSince());
    seconds.addAndGet(60);
    final LocalCommandLog next = log(after);
    next.submit(List.of(set(3, Colour.GREEN, ALICE, 0))).join();
    seconds.addAndGet(60);
    assertEquals(NOON + 60, after.report(seconds.get()).completeSince());
    after.stop();
  }
}
