package gongbei.codec.translate;

import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.Region;
import java.util.Optional;

/**
 * What came of one code: a code of the other region, or a fault.
 *
 * @param fault why it was not translated, or null where it was
 * @param field with a fault: the field at fault, else null
 * @param explanation with a fault: what is wrong with the field, for people to read; else null
 * @param source the code that it was made from, or null where its signature is not its issuer's
 * @param sourceDigest SM3 of the source's text, 32 bytes
 * @param targetDigest SM3 of the new code's text, or null
 * @param table the table that it was translated by, as in {@code gd-to-mo@1}, or null
 * @param linked whether the holder is known here by a link; else they are a visitor
 * @param claims what the new code says, or null
 * @param code the new code's text, or null
 */
public record Translation(
    TranslationFault fault,
    String field,
    String explanation,
    Source source,
    byte[] sourceDigest,
    byte[] targetDigest,
    String table,
    boolean linked,
    CodeClaims claims,
    String code) {
  /** What is wrong with the {@code iat} of a code that is older than one that is known. */
  static final String IS_OLDER = "is before that of another code of this holder, known here";

  /**
   * A code whose signature is its issuer's.
   *
   * @param region the region that it is from
   * @param kid the id of the key that signed it
   * @param identity SM3 of what its issuer signed, 32 bytes: the same whoever writes the code's
   *     text or signature in another way
   * @param issuedAtEpochSeconds when it was issued
   */
  public record Source(Region region, long kid, byte[] identity, long issuedAtEpochSeconds) {}

  /** Whether there is a new code. */
  public boolean isTranslated() {
    return fault == null;
  }

  /** Whether the source's signature is its issuer's. */
  public boolean verified() {
    return source != null;
  }

  /** The region that the code is from, where that is known. */
  public Optional<Region> from() {
    return source == null ? Optional.empty() : Optional.of(source.region());
  }

  /**
   * The refusal of a code that was translated, where a newer one has become known of its holder
   * before this one was recorded.
   */
  public Translation superseded() {
    return new Translation(
        TranslationFault.CODE_NOT_FRESH,
        "iat",
        IS_OLDER,
        source,
        sourceDigest,
        null,
        table,
        false,
        null,
        null);
  }
}
