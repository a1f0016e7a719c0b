package gongbei.verifier.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A verdict as a node shows it.
 *
 * @param field what of the code is at fault; null where nothing is
 */
public record VerdictView(
    String verdict,
    String reason,
    String field,
    String ruleset,
    boolean stale,
    long dataAgeMillis) {
  /** Reads a node's answer. */
  public static VerdictView of(JsonNode answer) {
    return NodeJson.read(answer, VerdictView.class);
  }

  public boolean isPass() {
    return "pass".equals(verdict);
  }
}
