package gongbei.verifier.audit;

import gongbei.codec.model.Region;
import gongbei.codec.translate.Translation;

/**
 * What is kept of a translation: nothing that says whose it was. A digest is of a code's text,
 * which nobody can guess, for its serial and its signature.
 *
 * @param from the region that the code is from
 * @param to the region that translates
 * @param source SM3 of the source's text, 32 bytes
 * @param target SM3 of the new code's text, 32 bytes, or null where there is none
 * @param table the table and its version, as in {@code gd-to-mo@1}
 * @param outcome {@code translated}, or the name of the fault
 */
public record Receipt(
    Region from, Region to, byte[] source, byte[] target, String table, String outcome)
    implements AuditEntry {
  /** The outcome of a code that was translated. */
  public static final String TRANSLATED = "translated";

  /** The receipt of a translation whose source was verified. */
  public static Receipt of(Translation translation, Region to) {
    return new Receipt(
        translation.from().orElseThrow(),
        to,
        translation.sourceDigest(),
        translation.targetDigest(),
        translation.table(),
        translation.isTranslated() ? TRANSLATED : translation.fault().wireName());
  }

  @Override
  public String line(long number, byte[] previous, long atEpochSeconds) {
    return AuditLines.receipt(number, previous, this, atEpochSeconds);
  }
}
