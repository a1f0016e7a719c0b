package gongbei.verifier.pack;

import gongbei.codec.model.Region;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.config.Limits;
import gongbei.verifier.offline.MintingStatement;
import gongbei.verifier.offline.OfflinePack;
import gongbei.verifier.rules.Rulesets;
import java.util.Arrays;
import java.util.Optional;
import org.fastfilter.xor.Xor8;

/** Makes offline packs of what a node knows. For any thread; reads the whole map. */
public final class PackMaker {
  private static final int FIRST_CAPACITY = 1_024;
  private static final int MIN_FILTER_KEYS = 32;
  private static final int SECONDS_A_MINUTE = 60;
  private static final long FILLER = 0x9E3779B97F4A7C15L;

  private final StatusMap map;
  private final TrustList trusted;
  private final Rulesets rulesets;
  private final MintingStatement minting;

  /**
   * Who signs a pack, and for which time.
   *
   * @param madeAtEpochSeconds now
   * @param lifeSeconds for how long it may be used
   */
  public record Terms(SigningKey key, long madeAtEpochSeconds, int lifeSeconds) {
    private OfflinePack.Header header(
        long version, long baseVersion, long residents, int notGreen) {
      return new OfflinePack.Header(
          Region.ofWireName(key.issuerKey().issuer()).orElseThrow(),
          version,
          baseVersion,
          madeAtEpochSeconds,
          madeAtEpochSeconds + lifeSeconds,
          residents,
          notGreen);
    }
  }

  /**
   * @param trusted whom the devices are to trust
   */
  public PackMaker(StatusMap map, TrustList trusted, Rulesets rulesets) {
    this(map, trusted, rulesets, MintingStatement.NONE);
  }

  /**
   * @param trusted whom the devices are to trust
   * @param minting whether minting is degraded; by default it never was
   */
  public PackMaker(StatusMap map, TrustList trusted, Rulesets rulesets, MintingStatement minting) {
    this.map = map;
    this.trusted = trusted;
    this.rulesets = rulesets;
    this.minting = minting;
  }

  /**
   * Makes a full pack.
   *
   * @return nothing where more holders are not green than {@link Limits#MAX_PACK_HOLDERS}
   */
  public Optional<byte[]> full(Terms terms) {
    return full(terms, Limits.MAX_PACK_HOLDERS);
  }

  /**
   * Makes a full pack of a map with no more than so many holders who are not green.
   *
   * @return nothing where there are more
   */
  public Optional<byte[]> full(Terms terms, int maxHolders) {
    final long version = map.version();
    final long now = terms.madeAtEpochSeconds();
    final Holders notGreen = new Holders();
    map.forEach(
        (subject, status) -> {
          if (!isGreen(status.lapse(now)) && notGreen.count <= maxHolders) {
            notGreen.add(OfflinePack.holder(subject.high(), subject.low()));
          }
        });
    if (notGreen.count > maxHolders) {
      return Optional.empty();
    }
    final long[] holders = notGreen.ascending();
    return Optional.of(
        OfflinePack.write(
            terms.header(version, 0, map.size(), holders.length),
            new OfflinePack.Contents(
                trusted, rulesets, minting, filterOf(holders), new long[0], new long[0]),
            terms.key()));
  }

  /**
   * The filter of holders. It is never made of a few keys alone, nor of one key twice: of two keys,
   * or of such a pair, the library would look for a filter for ever.
   */
  private static Xor8 filterOf(long[] holders) {
    final long[] keys = Arrays.copyOf(holders, Math.max(holders.length, MIN_FILTER_KEYS));
    for (int i = holders.length; i < keys.length; i++) {
      keys[i] = FILLER * (i + 1);
    }
    Arrays.sort(keys);
    int distinct = 0;
    for (final long key : keys) {
      if (distinct == 0 || keys[distinct - 1] != key) {
        keys[distinct++] = key;
      }
    }
    return Xor8.construct(Arrays.copyOf(keys, distinct));
  }

  /**
   * Makes a delta to a full pack: who is not green any more, and who is again.
   *
   * @param baseVersion the full pack's version
   * @return nothing where more has changed than a delta holds
   */
  public Optional<byte[]> delta(long baseVersion, Terms terms) {
    final long version = map.version();
    final long now = terms.madeAtEpochSeconds();
    final Holders notGreen = new Holders();
    final Holders green = new Holders();
    map.forEach(
        (subject, status) -> {
          if ((status.version() > baseVersion || hasLapsed(status, now))
              && notGreen.count <= Limits.MAX_DELTA_HOLDERS
              && green.count <= Limits.MAX_DELTA_HOLDERS) {
            (isGreen(status.lapse(now)) ? green : notGreen)
                .add(OfflinePack.holder(subject.high(), subject.low()));
          }
        });
    if (notGreen.count > Limits.MAX_DELTA_HOLDERS || green.count > Limits.MAX_DELTA_HOLDERS) {
      return Optional.empty();
    }
    final long[] holders = notGreen.ascending();
    return Optional.of(
        OfflinePack.write(
            terms.header(version, baseVersion, map.size(), holders.length),
            new OfflinePack.Contents(trusted, rulesets, minting, null, holders, green.ascending()),
            terms.key()));
  }

  /**
   * Whether a colour has lapsed to green since the oldest full pack was made that is still of use.
   */
  private static boolean hasLapsed(StatusRecord status, long now) {
    final long greenFromMinutes = status.greenFromEpochMinutes();
    final long nowMinutes = now / SECONDS_A_MINUTE;
    return greenFromMinutes <= nowMinutes
        && greenFromMinutes > nowMinutes - Limits.MAX_PACK_SECONDS / SECONDS_A_MINUTE;
  }

  /** Whether there is nothing for a server to say against a holder. */
  private static boolean isGreen(StatusRecord status) {
    return status.colour() == StatusRecord.GREEN
        && status.result() != StatusRecord.RESULT_POSITIVE
        && status.revokedBeforeEpochSeconds() == 0
        && (status.flags() & StatusRecord.DECEASED) == 0;
  }

  /** Holders as they are found. */
  private static final class Holders {
    private long[] holders = new long[FIRST_CAPACITY];
    private int count;

    void add(long holder) {
      if (count == holders.length) {
        holders = Arrays.copyOf(holders, 2 * count);
      }
      holders[count++] = holder;
    }

    /** Each once: the filter can't be made of one that comes twice. */
    long[] ascending() {
      Arrays.sort(holders, 0, count);
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (kept == 0 || holders[kept - 1] != holders[i]) {
          holders[kept++] = holders[i];
        }
      }
      return Arrays.copyOf(holders, kept);
    }
  }
}
