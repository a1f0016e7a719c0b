package gongbei.replication.map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.Applied;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.machine.StatusStateMachine;
import gongbei.testing.Allocations;
import gongbei.testing.Seeds;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StatusMapTest {
  private static final int SAMPLE = 29_000_000;

  private static StatusCommand green(int number) {
    return StatusCommand.SetStatus.of(subject(number))
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, SAMPLE + number)
        .doses(3)
        .lastDoseEpochDay(19_000)
        .build();
  }

  private static Subject subject(int number) {
    return new Subject(0x1234_5678_9ABC_DEF0L * (number + 1), number);
  }

  @Test
  void aHolderIsFoundAsLastSet() {
    try (StatusMap map = StatusMap.inMemory(100)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      machine.apply(green(7));
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(subject(7), record));
      assertEquals(StatusRecord.GREEN, record.colour());
      assertEquals(StatusRecord.RESULT_NEGATIVE, record.result());
      assertEquals(SAMPLE + 7, record.sampleEpochMinutes());
      assertEquals(3, record.doses());
      assertEquals(19_000, record.lastDoseEpochDay());
      assertEquals(1, record.version());
      assertFalse(map.get(subject(8), record));
    }
  }

  @Test
  void aFileNamesItsReaderAsItDidBeforeThatMoved(@TempDir Path directory) throws Exception {
    StatusMap.persisted(directory, 10).close();
    final String header = Files.readString(directory.resolve(StatusMap.MAP_FILE), ISO_8859_1);
    assertTrue(header.contains("!gongbei.replication.status.ConstantBytesAccess"));
    assertFalse(header.contains(ConstantBytesAccess.class.getName()));
    try (StatusMap map = StatusMap.persisted(directory, 10)) {
      assertTrue(map.isWhole());
    }
  }

  @Test
  void theDigestDoesNotDependOnOrderAndChangesWithEveryEntry() {
    final List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      numbers.add(i);
    }
    try (StatusMap one = StatusMap.inMemory(1_000);
        StatusMap other = StatusMap.inMemory(1_000)) {
      final byte[][] keys = new byte[500][];
      final StatusRecord record = new StatusRecord();
      for (final int i : numbers) {
        keys[i] = subject(i).toBytes();
        one.put(keys[i], null, record.reset().doses(i % 100).version(i + 1));
      }
      Collections.shuffle(numbers, Seeds.random(1));
      for (final int i : numbers) {
        assertNotEquals(one.digest(), other.digest());
        other.put(keys[i], null, record.reset().doses(i % 100).version(i + 1));
      }
      assertEquals(one.digest(), other.digest());
      assertEquals(one.digest(), one.recomputeDigest());
    }
  }

  @Test
  void theDigestKeptUpEqualsTheDigestComputedAnewAfterAnyCommands() {
    try (StatusMap map = StatusMap.inMemory(300)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      final Random random = Seeds.random(2);
      for (int i = 0; i < 5_000; i++) {
        final int number = random.nextInt(400);
        machine.apply(
            switch (random.nextInt(3)) {
              case 0 -> green(number);
              case 1 ->
                  new StatusCommand.SetTestResult(
                      subject(number),
                      TestResult.ofNumber(1 + random.nextInt(2)),
                      SAMPLE + random.nextInt(1_000));
              default -> new StatusCommand.Revoke(subject(number), 1 + random.nextInt(1_000));
            });
      }
      assertEquals(5_000, map.version());
      assertEquals(map.recomputeDigest(), map.digest());
    }
  }

  @Test
  void aFullMapRefusesTheNextHolderAndKeepsTheOthers() {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (int i = 0; i < 10; i++) {
        assertEquals(Applied.Outcome.APPLIED, machine.apply(green(i)).outcome());
      }
      assertEquals(Applied.Outcome.MAP_FULL, machine.apply(green(10)).outcome());
      assertEquals(Applied.Outcome.APPLIED, machine.apply(green(3)).outcome());
      assertEquals(10, map.size());
      assertEquals(map.recomputeDigest(), map.digest());
    }
  }

  @Test
  void aMapClosedCleanlyComesBackAsItWas(@TempDir Path directory) throws Exception {
    final long digest;
    try (StatusMap map = StatusMap.persisted(directory, 1_000)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      for (int i = 0; i < 600; i++) {
        machine.apply(green(i));
      }
      machine.apply(new StatusCommand.Revoke(subject(900), 5));
      digest = map.digest();
    }
    assertTrue(Files.exists(directory.resolve(StatusMap.STAMP_FILE)));
    try (StatusMap map = StatusMap.persisted(directory, 1_000)) {
      assertEquals(601, map.version());
      assertEquals(600, map.size());
      assertEquals(digest, map.digest());
      assertEquals(digest, map.recomputeDigest());
      assertFalse(Files.exists(directory.resolve(StatusMap.STAMP_FILE)));
    }
  }

  @Test
  void aMapNotClosedCleanlyIsMadeAnew(@TempDir Path directory) throws Exception {
    final Path copy = Files.createDirectory(directory.resolve("copy"));
    final Path original = directory.resolve("original");
    try (StatusMap map = StatusMap.persisted(original, 1_000)) {
      new StatusStateMachine(map).apply(green(1));
      Files.copy(original.resolve(StatusMap.MAP_FILE), copy.resolve(StatusMap.MAP_FILE));
    }
    assertMadeAnew(copy, 1_000);
  }

  private static void assertMadeAnew(Path directory, long capacity) throws Exception {
    try (StatusMap map = StatusMap.persisted(directory, capacity)) {
      assertFalse(map.isWhole());
      assertEquals(new StatusMap.Mark(0, 0, 0), map.mark());
      new StatusStateMachine(map).apply(green(2));
      assertEquals(1, map.size());
    }
  }

  @Test
  void aDamagedStampIsNotBelieved(@TempDir Path directory) throws Exception {
    try (StatusMap map = StatusMap.persisted(directory, 100)) {
      new StatusStateMachine(map).apply(green(1));
    }
    final Path stamp = directory.resolve(StatusMap.STAMP_FILE);
    Files.writeString(stamp, Files.readString(stamp).replace(" 1 ", " 2 "));
    assertMadeAnew(directory, 100);
  }

  @Test
  void anyFlippedByteOfTheFileIsSeen(@TempDir Path directory) throws Exception {
    final Path file = directory.resolve(StatusMap.MAP_FILE);
    for (int share = 1; share < 20; share++) {
      try (StatusMap map = StatusMap.persisted(directory, 1_000)) {
        new StatusStateMachine(map).apply(green(share));
      }
      flip(file, Files.size(file) * share / 20 + share);
      assertMadeAnew(directory, 1_000);
    }
  }

  private static void flip(Path file, long at) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(at);
      final int before = bytes.read();
      bytes.seek(at);
      bytes.write(before ^ 0x10);
    }
  }

  @Test
  void aFileThatIsNoMapIsMadeAnew(@TempDir Path directory) throws Exception {
    Files.write(directory.resolve(StatusMap.MAP_FILE), new byte[5_000]);
    assertMadeAnew(directory, 100);
  }

  @Test
  void aMapForAnotherNumberOfHoldersIsMadeAnew(@TempDir Path directory) throws Exception {
    StatusMap.persisted(directory, 100).close();
    assertMadeAnew(directory, 200);
  }

  @Test
  void aStampWithoutItsMapIsNotBelieved(@TempDir Path directory) throws Exception {
    StatusMap.persisted(directory, 100).close();
    Files.delete(directory.resolve(StatusMap.MAP_FILE));
    assertMadeAnew(directory, 100);
  }

  @Test
  void aDirectoryInUseIsRefusedAndStaysUsable(@TempDir Path directory) throws Exception {
    try (StatusMap map = StatusMap.persisted(directory, 100)) {
      final StatusMapException refusal =
          assertThrows(StatusMapException.class, () -> StatusMap.persisted(directory, 100));
      assertTrue(refusal.getMessage().contains("in use"), refusal.getMessage());
      new StatusStateMachine(map).apply(green(1));
    }
    try (StatusMap map = StatusMap.persisted(directory, 100)) {
      assertEquals(1, map.size());
    }
  }

  @Test
  void readersNeverSeeAHalfWrittenRecord() throws InterruptedException {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final byte[] key = subject(1).toBytes();
      final AtomicBoolean stop = new AtomicBoolean();
      final StatusRecord before = new StatusRecord();
      final StatusRecord after = new StatusRecord().version(1).revokedBeforeEpochSeconds(1);
      map.put(key, null, after);
      final Thread writer =
          new Thread(
              () -> {
                for (long i = 2; !stop.get(); i++) {
                  System.arraycopy(after.bytes(), 0, before.bytes(), 0, StatusRecord.BYTES);
                  map.put(key, before, after.version(i).revokedBeforeEpochSeconds(i));
                }
              });
      writer.start();
      final StatusRecord seen = new StatusRecord();
      for (int i = 0; i < 300_000; i++) {
        assertTrue(map.get(key, 0, seen));
        assertEquals(seen.version(), seen.revokedBeforeEpochSeconds());
      }
      stop.set(true);
      writer.join();
    }
  }

  @Test
  void aLookUpAllocatesNothing() {
    try (StatusMap map = StatusMap.inMemory(10_000)) {
      final StatusStateMachine machine = new StatusStateMachine(map);
      final byte[] keys = new byte[1_000 * Subject.BYTES];
      for (int i = 0; i < 1_000; i++) {
        machine.apply(green(i));
        System.arraycopy(subject(i).toBytes(), 0, keys, i * Subject.BYTES, Subject.BYTES);
      }
      final StatusRecord record = new StatusRecord();
      Allocations.assertNone(
          "lookups", 200_000, () -> assertEquals(200_000, lookUp(map, keys, record, 200_000)));
    }
  }

  private static int lookUp(StatusMap map, byte[] keys, StatusRecord record, int times) {
    int found = 0;
    for (int i = 0; i < times; i++) {
      if (map.get(keys, i % 1_000 * Subject.BYTES, record)) {
        found++;
      }
    }
    return found;
  }
}
