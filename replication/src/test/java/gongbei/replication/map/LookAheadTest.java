package gongbei.replication.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LookAheadTest {
  private static final int HOLDERS = 50_000;
  private static final int OFFSET = 3;

  private final Random random = Seeds.random(126);

  @Test
  void theEntryThatIsBroughtNearIsTheHolders(@TempDir Path directory) throws Exception {
    try (StatusMap inMemory = StatusMap.inMemory(HOLDERS);
        StatusMap inFile = StatusMap.persisted(directory, 10L * HOLDERS)) {
      for (final StatusMap map : new StatusMap[] {inMemory, inFile}) {
        final byte[][] subjects = filled(map);
        final LookAhead ahead = map.lookAhead(HOLDERS);
        for (final byte[] subject : subjects) {
          ahead.add(subject, OFFSET);
        }
        ahead.fetch();
        int near = 0;
        for (int i = 0; i < HOLDERS; i++) {
          near += ahead.isAt(i, subjects[i], OFFSET) ? 1 : 0;
        }
        // Others of the same hash, long steps and further tiers leave a few where they are.
        assertTrue(near > HOLDERS * 98 / 100, near + " of " + HOLDERS);
        assertTrue(ahead.seen() != 0);
      }
    }
  }

  @Test
  void holdersThatAreNotThereAreLookedForInVain() {
    try (StatusMap map = StatusMap.inMemory(HOLDERS)) {
      final LookAhead ahead = map.lookAhead(2);
      final byte[] subject = subject();
      ahead.add(subject, OFFSET);
      ahead.fetch();
      assertFalse(ahead.isAt(0, subject, OFFSET));
      filled(map);
      ahead.clear();
      ahead.add(subject, OFFSET);
      ahead.add(subject, OFFSET);
      ahead.add(subject, OFFSET);
      ahead.fetch();
      assertFalse(ahead.isAt(0, subject, OFFSET));
      assertFalse(ahead.isAt(1, subject, OFFSET));
      assertEquals(HOLDERS, map.size());
    }
  }

  private byte[][] filled(StatusMap map) {
    final byte[][] subjects = new byte[HOLDERS][];
    final StatusRecord record = new StatusRecord();
    for (int i = 0; i < HOLDERS; i++) {
      subjects[i] = subject();
      map.put(
          Arrays.copyOfRange(subjects[i], OFFSET, OFFSET + Subject.BYTES),
          null,
          record.version(i + 1));
    }
    return subjects;
  }

  /** A subject within a longer buffer. */
  private byte[] subject() {
    final byte[] buffer = new byte[OFFSET + Subject.BYTES + 1];
    random.nextBytes(buffer);
    return buffer;
  }
}
