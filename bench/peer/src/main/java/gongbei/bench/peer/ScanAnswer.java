package gongbei.bench.peer;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * The answer to a scan, of the same shape as Gongbei's.
 *
 * @param verdict {@code pass}, {@code hold} or {@code refuse}
 * @param reason the one reason
 * @param field what is at fault, or null
 * @param colour the colour that counts, or null
 * @param ruleset the rules' name and version
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ScanAnswer(
    String verdict,
    String reason,
    String field,
    String colour,
    String ruleset,
    long version,
    long dataAgeMillis,
    boolean stale) {
  private static final String RULESET = "metro@1";

  static ScanAnswer pass(String colour) {
    return new ScanAnswer("pass", "ok", null, colour, RULESET, 0, 0, false);
  }

  static ScanAnswer hold(String reason, String colour) {
    return new ScanAnswer("hold", reason, null, colour, RULESET, 0, 0, false);
  }

  static ScanAnswer refuse(String reason, String field, String colour) {
    return new ScanAnswer("refuse", reason, field, colour, RULESET, 0, 0, false);
  }
}
