package gongbei.replication.command;

import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * That a person has consented to be known as one and the same in both regions. It stands under the
 * other region's subject.
 *
 * @param subject the person as this region knows them
 * @param consentedAtEpochSeconds when they consented
 * @param otherDocument the number of the type of their document in the other region, 1 to 255
 * @param document the number of the type of their document in this one, 1 to 255
 */
public record Link(Subject subject, long consentedAtEpochSeconds, int otherDocument, int document) {
  /** The bytes of a link. */
  public static final int BYTES = Subject.BYTES + Long.BYTES + 2;

  private static final int MAX_DOCUMENT = 255;

  public Link {
    Objects.requireNonNull(subject, "subject");
    requireDocument("otherDocument", otherDocument);
    requireDocument("document", document);
    if (consentedAtEpochSeconds < 0 || consentedAtEpochSeconds > StatusCommand.MAX_EPOCH_SECONDS) {
      throw new IllegalArgumentException("consentedAt is not from 1970 to 9999");
    }
  }

  private static void requireDocument(String field, int type) {
    if (type < 1 || type > MAX_DOCUMENT) {
      throw new IllegalArgumentException(field + " is " + type + ", not from 1 to " + MAX_DOCUMENT);
    }
  }

  /** The link that stands in a document, or null where there is none. */
  public static Link of(byte[] content) {
    if (content == null || content.length != BYTES) {
      return null;
    }
    final ByteBuffer bytes = ByteBuffer.wrap(content);
    return new Link(
        new Subject(bytes.getLong(), bytes.getLong()),
        bytes.getLong(),
        bytes.get() & 0xFF,
        bytes.get() & 0xFF);
  }

  byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(subject.high())
        .putLong(subject.low())
        .putLong(consentedAtEpochSeconds)
        .put((byte) otherDocument)
        .put((byte) document)
        .array();
  }
}
