package gongbei.verifier.http.transport;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.national.NationalRule;
import gongbei.verifier.national.RuleTexts;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.GroupFindings;
import gongbei.verifier.scan.Scan;
import java.util.Arrays;
import org.agrona.ExpandableArrayBuffer;

/**
 * Writes a verdict as JSON, in the one form that it has in HTTP's answers, into a buffer that is
 * used again and again. Every text in it is of printable ASCII without quotes, so that none is
 * escaped. A verdict that is no group's allocates nothing. For one thread at a time.
 */
public final class VerdictJson {
  /** More than a verdict without a group's findings takes, whose every part is bounded. */
  private static final int USUAL_BYTES = 512;

  private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(USUAL_BYTES);
  private int length;

  /** Writes the verdict of a scan. */
  public VerdictJson write(Scan scan) {
    begin(scan.verdict(), scan.reason());
    if (scan.field() != null) {
      put("\",\"field\":\"");
      put(scan.field());
    }
    colour(scan.colour());
    data(scan.ruleset(), scan.mapVersion(), scan.dataAgeMillis());
    put(scan.stale() ? ",\"stale\":true" : ",\"stale\":false");
    if (scan.rule() != null) {
      rule(scan.rule(), scan.languages());
    }
    if (scan.group() != null) {
      put(",\"group\":");
      put(json(scan.group()).toString());
    }
    put("}");
    return this;
  }

  /** Writes the verdict on a holder whose status was looked up without a code. */
  public VerdictJson write(
      Reason reason, int colour, Ruleset ruleset, long mapVersion, long dataAgeMillis) {
    begin(reason.verdict(), reason);
    colour(colour);
    data(ruleset, mapVersion, dataAgeMillis);
    put(ruleset.isStale(dataAgeMillis) ? ",\"stale\":true}" : ",\"stale\":false}");
    return this;
  }

  /** Writes the verdict of a scan that was shed: nothing was evaluated. */
  public VerdictJson writeBusy(Ruleset ruleset) {
    begin(Verdict.HOLD, Reason.BUSY);
    data(ruleset, 0, 0);
    put(",\"stale\":false}");
    return this;
  }

  private void begin(Verdict verdict, Reason reason) {
    length = 0;
    put("{\"verdict\":\"");
    put(verdict.wireName());
    put("\",\"reason\":\"");
    put(reason.wireName());
  }

  /** The rule that was not kept, in the first of the languages that it is told in. */
  private void rule(NationalRule rule, String languages) {
    final RuleTexts.RuleText text = rule.texts().in(languages);
    put(",\"rule\":{\"id\":\"");
    put(rule.identifier());
    put("\",\"version\":\"");
    put(rule.version());
    put("\",\"language\":\"");
    put(text.language());
    put("\",\"text\":\"");
    put(text.ascii());
    put("\"}");
  }

  private void colour(int colour) {
    if (colour != Scan.COLOUR_UNKNOWN) {
      put("\",\"colour\":\"");
      put(Colour.ofNumber(colour).wireName());
    }
  }

  private void data(Ruleset ruleset, long mapVersion, long dataAgeMillis) {
    put("\",\"ruleset\":\"");
    put(ruleset.label());
    put("\",\"version\":");
    length += buffer.putLongAscii(length, mapVersion);
    put(",\"dataAgeMillis\":");
    length += buffer.putLongAscii(length, dataAgeMillis);
  }

  private void put(String ascii) {
    length += buffer.putStringWithoutLengthAscii(length, ascii);
  }

  private static ObjectNode json(GroupFindings findings) {
    final ObjectNode group = JsonNodeFactory.instance.objectNode();
    group.put("size", findings.size());
    final ObjectNode colours = group.putObject("colours");
    for (int colour = StatusRecord.GREEN; colour <= StatusRecord.RED; colour++) {
      colours.put(Colour.ofNumber(colour).wireName(), findings.colour(colour));
    }
    colours.put("unknown", findings.unknown());
    final ObjectNode reasons = group.putObject("reasons");
    for (final Reason reason : Reason.values()) {
      if (findings.reason(reason) > 0) {
        reasons.put(reason.wireName(), findings.reason(reason));
      }
    }
    final ArrayNode heldUpBy = group.putArray("heldUpBy");
    final ObjectNode heldUpFor = group.putObject("heldUpFor");
    for (int i = 0; i < findings.heldUpByCount(); i++) {
      heldUpBy.add(findings.heldUpBy(i));
      heldUpFor.withArray(findings.heldUpFor(i).wireName()).add(findings.heldUpBy(i));
    }
    return group;
  }

  /** The buffer that was written to, from its start. */
  byte[] bytes() {
    return buffer.byteArray();
  }

  /** How many bytes were written. */
  int length() {
    return length;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(buffer.byteArray(), length);
  }
}
