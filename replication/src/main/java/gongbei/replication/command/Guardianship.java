package gongbei.replication.command;

import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;

/**
 * That a guardian may show the codes of a ward: a child, or somebody who has no phone. It stands
 * under the subjects of both, with when the guardian consented; with no content where it is
 * withdrawn.
 */
public record Guardianship(Subject guardian, Subject ward, long consentedAtEpochSeconds) {
  /** The most wards of one guardian. */
  public static final int MAX_WARDS = 8;

  /** The bytes of what stands under the two subjects. */
  static final int BYTES = Long.BYTES;

  static final int NAME_BYTES = 2 * Subject.BYTES;

  /** Checks that nobody is their own guardian, and when they consented. */
  public Guardianship {
    Objects.requireNonNull(guardian, "guardian");
    Objects.requireNonNull(ward, "ward");
    if (guardian.equals(ward)) {
      throw new IllegalArgumentException("ward is the guardian");
    }
    if (consentedAtEpochSeconds < 0 || consentedAtEpochSeconds > StatusCommand.MAX_EPOCH_SECONDS) {
      throw new IllegalArgumentException("consentedAt is not from 1970 to 9999");
    }
  }

  /** What the two stand under. */
  public static byte[] nameOf(Subject guardian, Subject ward) {
    return ByteBuffer.allocate(NAME_BYTES)
        .putLong(guardian.high())
        .putLong(guardian.low())
        .putLong(ward.high())
        .putLong(ward.low())
        .array();
  }

  /** The guardianship that a document is; empty where it is withdrawn, or none. */
  public static Optional<Guardianship> of(byte[] name, byte[] content) {
    if (name.length != NAME_BYTES || content.length != BYTES) {
      return Optional.empty();
    }
    final ByteBuffer subjects = ByteBuffer.wrap(name);
    final Subject guardian = new Subject(subjects.getLong(), subjects.getLong());
    final Subject ward = new Subject(subjects.getLong(), subjects.getLong());
    final long consentedAt = ByteBuffer.wrap(content).getLong();
    return guardian.equals(ward) || consentedAt < 0 || consentedAt > StatusCommand.MAX_EPOCH_SECONDS
        ? Optional.empty()
        : Optional.of(new Guardianship(guardian, ward, consentedAt));
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES).putLong(consentedAtEpochSeconds).array();
  }
}
