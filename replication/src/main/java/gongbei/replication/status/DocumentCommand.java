package gongbei.replication.status;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * A change of what the log keeps beside the holders: a link between the subjects of one person in
 * two regions, a group, a ruleset.
 *
 * @param kind what it is
 * @param name what it is put under, 1 to {@link Documents#MAX_NAME_BYTES} bytes
 * @param content what stands there from now on, up to {@link Documents#MAX_CONTENT_BYTES} bytes
 * @param revision its author's number, from 1: where what stands there has one that is no less,
 *     nothing changes; 0 where its author does not number
 */
public record DocumentCommand(Kind kind, byte[] name, byte[] content, long revision) {
  public DocumentCommand {
    Objects.requireNonNull(kind, "kind");
    if (revision < 0) {
      throw new IllegalArgumentException("revision is " + revision + ", not 0 or more");
    }
    requireLength("name", name.length, 1, Documents.MAX_NAME_BYTES);
    requireLength("content", content.length, 0, Documents.MAX_CONTENT_BYTES);
    if (kind == Kind.LINK) {
      requireLength("name", name.length, Subject.BYTES, Subject.BYTES);
      requireLength("content", content.length, Subject.BYTES, Subject.BYTES);
    }
    if (kind == Kind.GROUP) {
      requireLength("name", name.length, Subject.BYTES, Subject.BYTES);
    }
  }

  /** Links a subject of this region to the same person's of the other. */
  public static DocumentCommand link(Subject subject, Subject other) {
    return new DocumentCommand(Kind.LINK, subject.toBytes(), other.toBytes(), 0);
  }

  /** Puts a group under its id of 16 bytes. */
  public static DocumentCommand group(Subject id, byte[] content) {
    return new DocumentCommand(Kind.GROUP, id.toBytes(), content, 0);
  }

  /** Puts a ruleset under its name, where it is newer than what stands there. */
  public static DocumentCommand ruleset(String name, int version, String yaml) {
    return new DocumentCommand(
        Kind.RULESET,
        name.getBytes(StandardCharsets.UTF_8),
        yaml.getBytes(StandardCharsets.UTF_8),
        version);
  }

  private static void requireLength(String field, int length, int least, int greatest) {
    if (length < least || length > greatest) {
      throw new IllegalArgumentException(
          field + " is of " + length + " bytes, not from " + least + " to " + greatest);
    }
  }

  /** What a document is. */
  public enum Kind {
    /** From one subject to another of 16 bytes. */
    LINK(CommandKind.LINK),
    /** A group of holders. */
    GROUP(CommandKind.GROUP),
    /** The rules of a kind of checkpoint, YAML. */
    RULESET(CommandKind.RULESET);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    int code() {
      return code;
    }
  }
}
