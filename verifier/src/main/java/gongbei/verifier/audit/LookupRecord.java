package gongbei.verifier.audit;

import gongbei.codec.model.DocumentType;

/**
 * What is kept of a lookup by document: who asked, and whether somebody was found; nothing that
 * says who. Neither number nor subject, nor the verdict, is in it.
 *
 * @param kid the key that signed the request, 16 hexadecimal digits
 * @param documentType what was looked up
 * @param ruleset by which somebody was evaluated, as in {@code metro@1}
 * @param isKnown whether the document is of somebody who is known here
 */
public record LookupRecord(String kid, DocumentType documentType, String ruleset, boolean isKnown)
    implements AuditEntry {
  /** The outcome of a lookup that found somebody. */
  public static final String KNOWN = "known";

  /** The outcome of a lookup that found nobody. */
  public static final String UNKNOWN = "unknown";

  /** {@link #KNOWN} or {@link #UNKNOWN}. */
  public String outcome() {
    return isKnown ? KNOWN : UNKNOWN;
  }

  @Override
  public String line(long number, byte[] previous, long atEpochSeconds) {
    return AuditLines.lookup(number, previous, this, atEpochSeconds);
  }
}
