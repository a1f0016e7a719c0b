package gongbei.codec.translate;

import gongbei.codec.issue.CodeClaims;

/**
 * What came of one code: a code of the other region, or a fault.
 *
 * @param fault why it was not translated, or null where it was
 * @param field with a fault: the field at fault, else null
 * @param explanation with a fault: what is wrong with the field, for people to read; else null
 * @param verified whether the source's signature is its issuer's
 * @param from the region that the code is from, or null where that is not known
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
    boolean verified,
    String from,
    byte[] sourceDigest,
    byte[] targetDigest,
    String table,
    boolean linked,
    CodeClaims claims,
    String code) {
  /** Whether there is a new code. */
  public boolean isTranslated() {
    return fault == null;
  }
}
