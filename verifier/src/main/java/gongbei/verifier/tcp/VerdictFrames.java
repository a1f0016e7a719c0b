package gongbei.verifier.tcp;

import gongbei.codec.code.CodeLimits;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.ColourCode;
import gongbei.verifier.protocol.GroupFindingsEncoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictEncoder;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.GroupFindings;
import gongbei.verifier.scan.Scan;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes verdicts as frames: length, header, message. For one worker. */
final class VerdictFrames {
  private static final int MAX_FIELD_BYTES = 64;
  private static final int MAX_ENCODED_BYTES =
      PendingReply.MAX_SHORT_BYTES
          + 64
          + 4 * Reason.values().length
          + 2 * CodeLimits.MAX_GROUP_SIZE;
  private static final Reason[] REASONS = Reason.values();

  /** By the ordinals of {@link Reason}; a reason that the schema does not name ends the start. */
  private static final ReasonCode[] CODES =
      Stream.of(REASONS).map(each -> ReasonCode.valueOf(each.name())).toArray(ReasonCode[]::new);

  private final byte[] bytes = new byte[MAX_ENCODED_BYTES];
  private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final VerdictEncoder verdict = new VerdictEncoder();
  private final GroupFindingsEncoder group = new GroupFindingsEncoder();
  private final byte[] field = new byte[MAX_FIELD_BYTES];

  /** The buffer that {@link #encode} writes to, from its start. */
  byte[] bytes() {
    return bytes;
  }

  /** Encodes the frames of a scan's answer; returns how many bytes they take. */
  int encode(Scan scan) {
    final int frame = scan.group() == null ? 0 : encodeGroup(scan, scan.group());
    verdict
        .wrapAndApplyHeader(buffer, frame + Integer.BYTES, header)
        .correlationId(scan.correlationId())
        .mapVersion(scan.mapVersion())
        .dataAgeMillis(scan.dataAgeMillis())
        .rulesetVersion(scan.ruleset() == null ? 0 : scan.ruleset().version())
        .verdict(codeOf(scan.verdict()))
        .reason(codeOf(scan.reason()))
        .colour(codeOf(scan.colour()))
        .stale(scan.stale() ? BooleanCode.YES : BooleanCode.NO);
    verdict.putField(field, 0, ascii(scan.field()));
    final int frameLength = MessageHeaderEncoder.ENCODED_LENGTH + verdict.encodedLength();
    buffer.putInt(frame, frameLength, ByteOrder.LITTLE_ENDIAN);
    return frame + Integer.BYTES + frameLength;
  }

  /** The frame that goes before a group's verdict; its bytes. */
  private int encodeGroup(Scan scan, GroupFindings findings) {
    group
        .wrapAndApplyHeader(buffer, Integer.BYTES, header)
        .correlationId(scan.correlationId())
        .size(findings.size())
        .green(findings.colour(StatusRecord.GREEN))
        .yellow(findings.colour(StatusRecord.YELLOW))
        .red(findings.colour(StatusRecord.RED));
    int found = 0;
    for (final Reason reason : REASONS) {
      found += findings.reason(reason) > 0 ? 1 : 0;
    }
    final GroupFindingsEncoder.ReasonsEncoder reasons = group.reasonsCount(found);
    for (final Reason reason : REASONS) {
      if (findings.reason(reason) > 0) {
        reasons.next().reason(codeOf(reason)).members(findings.reason(reason));
      }
    }
    final GroupFindingsEncoder.HeldUpByEncoder heldUpBy =
        group.heldUpByCount(findings.heldUpByCount());
    for (int i = 0; i < findings.heldUpByCount(); i++) {
      heldUpBy.next().ordinal(findings.heldUpBy(i));
    }
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + group.encodedLength();
    buffer.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    return Integer.BYTES + length;
  }

  @SuppressWarnings("deprecation") // The one way that copies ASCII without allocation.
  private int ascii(String text) {
    if (text == null) {
      return 0;
    }
    final int length = Math.min(text.length(), MAX_FIELD_BYTES);
    text.getBytes(0, length, field, 0);
    return length;
  }

  static VerdictCode codeOf(Verdict verdict) {
    return switch (verdict) {
      case PASS -> VerdictCode.PASS;
      case HOLD -> VerdictCode.HOLD;
      case REFUSE -> VerdictCode.REFUSE;
    };
  }

  static ReasonCode codeOf(Reason reason) {
    return CODES[reason.ordinal()];
  }

  static ColourCode codeOf(int colour) {
    return switch (colour) {
      case 0 -> ColourCode.GREEN;
      case 1 -> ColourCode.YELLOW;
      case 2 -> ColourCode.RED;
      default -> ColourCode.UNKNOWN;
    };
  }
}
