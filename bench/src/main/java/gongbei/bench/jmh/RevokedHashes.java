package gongbei.bench.jmh;

import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.revocation.RevocationType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Random hashes of revoked codes, in lists as long as the EU gateway's batches, of known seeds. */
final class RevokedHashes {
  private static final int BATCH = 1_000;
  private static final long SEED = 19;

  private RevokedHashes() {}

  /** Returns a set of so many hashes of identifiers, with country or without, and of signatures. */
  static RevocationSet set(int count) {
    final SplittableRandom random = new SplittableRandom(SEED);
    final RevocationScope scope =
        new RevocationScope(
            EnumSet.of(RevocationType.UCI, RevocationType.COUNTRYCODEUCI, RevocationType.SIGNATURE),
            "",
            OptionalLong.empty(),
            0);
    final List<RevocationList> lists = new ArrayList<>();
    try {
      for (int made = 0; made < count; made += BATCH) {
        final TreeMap<RevocationList.Hash, Long> entries = new TreeMap<>();
        for (int i = 0; i < Math.min(BATCH, count - made); i++) {
          entries.put(
              new RevocationList.Hash(random.nextLong(), random.nextLong()),
              RevocationList.ANY_TIME);
        }
        lists.add(RevocationList.read("eu." + made, RevocationList.write(scope, entries)));
      }
      return RevocationSet.of(lists, List.of());
    } catch (RevocationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns hashes of that set, high and low halves in turn, in an order of its own. */
  static long[] present(RevocationSet set, int count) {
    final SplittableRandom random = new SplittableRandom(SEED + 1);
    final long[] hashes = new long[2 * count];
    for (int i = 0; i < hashes.length; i += 2) {
      final RevocationList list = set.lists().get(random.nextInt(set.lists().size()));
      final RevocationList.Hash hash = list.hash(random.nextInt(list.size()));
      hashes[i] = hash.high();
      hashes[i + 1] = hash.low();
    }
    return hashes;
  }

  /** Returns random hashes, none of which is in a set of another seed. */
  static long[] absent(int count) {
    final SplittableRandom random = new SplittableRandom(SEED + 2);
    final long[] hashes = new long[2 * count];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = random.nextLong();
    }
    return hashes;
  }
}
