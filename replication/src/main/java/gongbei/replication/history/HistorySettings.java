package gongbei.replication.history;

import gongbei.codec.model.Region;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.trust.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a node's history is kept by. Setters are for one thread, before it is started; what is not
 * set has the default named here.
 */
public final class HistorySettings {
  /** The entries of a segment's file: 54 MiB. */
  public static final int DEFAULT_SEGMENT_ENTRIES = 1 << 20;

  /** The most entries that are kept in memory by default: 54 MiB. */
  public static final int DEFAULT_ENTRIES_IN_MEMORY = 1 << 20;

  private static final int MEMORY_SEGMENT_ENTRIES = 1 << 16;

  private final Optional<Region> region;
  private Optional<Path> directory = Optional.empty();
  private boolean keepsEntries = true;
  private Duration keep = Duration.ZERO;
  private int segmentEntries = DEFAULT_SEGMENT_ENTRIES;
  private int entriesInMemory = DEFAULT_ENTRIES_IN_MEMORY;
  private boolean forces;
  private Supplier<Optional<SigningKey>> keys = Optional::empty;
  private LongSupplier epochSeconds = () -> System.currentTimeMillis() / 1_000;

  /**
   * @param region whose history it is
   */
  public HistorySettings(Region region) {
    this(Optional.of(region));
  }

  private HistorySettings(Optional<Region> region) {
    this.region = region;
  }

  /** Those by which a history is read that nothing is added to: it says itself whose it is. */
  static HistorySettings toRead() {
    return new HistorySettings(Optional.empty());
  }

  Optional<Region> region() {
    return region;
  }

  Optional<Path> directory() {
    return directory;
  }

  /** Sets where the history is kept; by default in memory, up to a bound. */
  public HistorySettings directory(Path value) {
    directory = Optional.of(value);
    return this;
  }

  boolean keepsEntries() {
    return keepsEntries;
  }

  /**
   * Sets whether entries are kept at all, by default they are; the tree is computed all the same.
   */
  public HistorySettings keepsEntries(boolean value) {
    keepsEntries = value;
    return this;
  }

  Duration keep() {
    return keep;
  }

  /** Sets after what age a segment is purged; zero (default) purges none. */
  public HistorySettings keep(Duration value) {
    keep = value;
    return this;
  }

  int segmentEntries() {
    return directory.isEmpty() ? Math.min(MEMORY_SEGMENT_ENTRIES, segmentEntries) : segmentEntries;
  }

  /** Sets how many entries a segment has, a multiple of 256. */
  public HistorySettings segmentEntries(int value) {
    if (value < TilePath.WIDTH || value % TilePath.WIDTH != 0) {
      throw new IllegalArgumentException("segmentEntries is " + value + ", not a multiple of 256");
    }
    segmentEntries = value;
    return this;
  }

  /** Sets how many entries are kept in memory, where there is no directory. */
  public HistorySettings entriesInMemory(int value) {
    entriesInMemory = value;
    return this;
  }

  int maxSegments() {
    return directory.isEmpty() ? entriesInMemory / segmentEntries() : Integer.MAX_VALUE;
  }

  boolean forces() {
    return forces;
  }

  /** Sets whether entries reach the disk before a head over them is signed; by default not. */
  public HistorySettings forces(boolean value) {
    forces = value;
    return this;
  }

  Supplier<Optional<SigningKey>> keys() {
    return keys;
  }

  /** Sets what gives the key that signs heads; by default there is none, and no head. */
  public HistorySettings keys(Supplier<Optional<SigningKey>> value) {
    keys = value;
    return this;
  }

  LongSupplier epochSeconds() {
    return epochSeconds;
  }

  /** Sets the clock by which heads are dated and segments age, in seconds since 1970. */
  public HistorySettings epochSeconds(LongSupplier value) {
    epochSeconds = value;
    return this;
  }
}
