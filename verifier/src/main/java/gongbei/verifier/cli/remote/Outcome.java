package gongbei.verifier.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.cli.exit.CommandException;

/**
 * What came of a change that a node has put into the log.
 *
 * @param outcome its name, as in {@code applied}
 * @param version of the map from then on
 */
public record Outcome(String outcome, long version) {
  /** Reads a node's answer. */
  public static Outcome of(JsonNode answer) {
    return NodeJson.read(answer, Outcome.class);
  }

  /**
   * Requires that the change was applied.
   *
   * @param what was put
   * @param hint what follows the outcome where it was not, as why that may be
   */
  public Outcome requireApplied(String what, String hint) {
    if (!"applied".equals(outcome)) {
      throw CommandException.refused(what + " is " + outcome + hint);
    }
    return this;
  }

  /** Says it, as in {@code applied, version 7}. */
  public String inWords() {
    return outcome + ", version " + version;
  }
}
