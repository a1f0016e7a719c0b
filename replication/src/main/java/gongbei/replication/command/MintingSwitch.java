package gongbei.replication.command;

import gongbei.codec.model.DegradedMinting;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * What the log says of minting: whether it is degraded, or when it last was, and who said so. It
 * stands under one name; each change has the revision after the one before it.
 *
 * @param period when minting is or last was degraded
 * @param author who said so last
 * @param revision from 1 on; 0 where nobody has said anything yet
 */
public record MintingSwitch(DegradedMinting period, Author author, long revision) {
  /** The name that it stands under. */
  public static final String NAME = "minting";

  /** Nobody has said anything yet. */
  public static final MintingSwitch NEVER_DEGRADED =
      new MintingSwitch(DegradedMinting.NEVER, Author.NODES, 0);

  /** How far ahead of the log's time what is said may lie: clocks differ. */
  public static final int MAX_SKEW_SECONDS = 60;

  private static final byte FORM = 1;
  private static final int BYTES = 2 + 2 * Long.BYTES + Integer.BYTES;

  /** Who says it. */
  public enum Author {
    /** An authority, by a signed request. What it has begun only an authority ends. */
    AUTHORITY(1),
    /** A node that watches minting. */
    NODES(2);

    private final byte code;

    Author(int code) {
      this.code = (byte) code;
    }

    private static Optional<Author> of(byte code) {
      for (final Author each : values()) {
        if (each.code == code) {
          return Optional.of(each);
        }
      }
      return Optional.empty();
    }
  }

  public MintingSwitch {
    Objects.requireNonNull(period, "period");
    Objects.requireNonNull(author, "author");
  }

  /** Whether minting is degraded now. */
  public boolean isDegraded() {
    return period.isOpen();
  }

  /**
   * What follows when somebody says that minting is degraded. Where it is so already, the time
   * since when stays.
   */
  public MintingSwitch degraded(Author by, long sinceEpochSeconds) {
    return new MintingSwitch(
        isDegraded() ? period : new DegradedMinting(sinceEpochSeconds, 0, 0), by, revision + 1);
  }

  /**
   * What follows when somebody says that codes are minted again, which goes with {@link
   * #isDegraded} alone.
   *
   * @param marginSeconds how long reserve codes still count
   */
  public MintingSwitch restored(Author by, long atEpochSeconds, int marginSeconds) {
    return new MintingSwitch(
        new DegradedMinting(
            period.sinceEpochSeconds(),
            Math.max(atEpochSeconds, period.sinceEpochSeconds()),
            marginSeconds),
        by,
        revision + 1);
  }

  /** When it was last changed, in seconds since 1970; 0 where it never was. */
  public long changedAtEpochSeconds() {
    return Math.max(period.sinceEpochSeconds(), period.untilEpochSeconds());
  }

  /**
   * Whether that can be said at a time.
   *
   * @param logEpochSeconds the log's time; 0 where it is not known
   */
  public boolean isPossibleAt(long logEpochSeconds) {
    return period.sinceEpochSeconds() > 0
        && revision > 0
        && (logEpochSeconds == 0 || changedAtEpochSeconds() <= logEpochSeconds + MAX_SKEW_SECONDS);
  }

  /** The switch that stands in a document; empty where none does. */
  public static Optional<MintingSwitch> of(byte[] content, long revision) {
    final ByteBuffer bytes = ByteBuffer.wrap(content);
    if (content.length != BYTES || bytes.get() != FORM) {
      return Optional.empty();
    }
    final Optional<Author> author = Author.of(bytes.get());
    try {
      final DegradedMinting period =
          new DegradedMinting(bytes.getLong(), bytes.getLong(), bytes.getInt());
      return author.map(by -> new MintingSwitch(period, by, revision));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .put(FORM)
        .put(author.code)
        .putLong(period.sinceEpochSeconds())
        .putLong(period.untilEpochSeconds())
        .putInt(period.marginSeconds())
        .array();
  }
}
