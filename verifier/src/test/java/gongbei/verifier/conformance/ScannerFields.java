package gongbei.verifier.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.GroupFindingsDecoder;
import gongbei.verifier.protocol.HelloDecoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.NotTranslatedDecoder;
import gongbei.verifier.protocol.OfflineCountsDecoder;
import gongbei.verifier.protocol.OfflineCountsTakenDecoder;
import gongbei.verifier.protocol.PingDecoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.RejectedDecoder;
import gongbei.verifier.protocol.ScanBatchDecoder;
import gongbei.verifier.protocol.ScanDecoder;
import gongbei.verifier.protocol.TranslateDecoder;
import gongbei.verifier.protocol.TranslatedDecoder;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;

/** Has the generated decoders say the fields of a message: what {@link ScannerFrames} undoes. */
final class ScannerFields {
  private static final int LENGTH_BYTES = 4;

  private final MessageHeaderDecoder header = new MessageHeaderDecoder();

  /**
   * What a frame holds.
   *
   * @param end where its message ends, in bytes from the frame's start
   */
  record Read(String message, JsonNode fields, int end) {}

  Read read(byte[] frame) {
    final UnsafeBuffer buffer = new UnsafeBuffer(frame);
    final ObjectNode fields = JsonNodeFactory.instance.objectNode();
    switch (header.wrap(buffer, LENGTH_BYTES).templateId()) {
      case HelloDecoder.TEMPLATE_ID -> {
        final HelloDecoder from =
            new HelloDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("deviceId", from.deviceId());
        final byte[] credential = new byte[from.credentialLength()];
        from.getCredential(credential, 0, credential.length);
        fields.put("credential", HexFormat.of().formatHex(credential));
        return new Read("Hello", fields, from.limit());
      }
      case WelcomeDecoder.TEMPLATE_ID -> {
        final WelcomeDecoder from =
            new WelcomeDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("serverTimeEpochMillis", from.serverTimeEpochMillis())
            .put("maxFrameBytes", from.maxFrameBytes())
            .put("maxInFlight", from.maxInFlight())
            .put("maxBatch", from.maxBatch())
            .put("idleSeconds", from.idleSeconds());
        final ArrayNode rulesets = fields.putArray("rulesets");
        from.rulesets()
            .forEach(
                each ->
                    rulesets.addObject().put("version", each.version()).put("name", each.name()));
        return new Read("Welcome", fields, from.limit());
      }
      case ScanDecoder.TEMPLATE_ID -> {
        final ScanDecoder from = new ScanDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("correlationId", from.correlationId());
        putTime(fields, from.atEpochSeconds(), ScanDecoder.atEpochSecondsNullValue());
        fields.put("checkpoint", from.checkpoint());
        final byte[] code = new byte[from.codeLength()];
        from.getCode(code, 0, code.length);
        fields.put("code", ascii(code));
        return new Read("Scan", fields, from.limit());
      }
      case ScanBatchDecoder.TEMPLATE_ID -> {
        final ScanBatchDecoder from =
            new ScanBatchDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        putTime(fields, from.atEpochSeconds(), ScanBatchDecoder.atEpochSecondsNullValue());
        final ArrayNode scans = fields.putArray("scans");
        from.scans()
            .forEach(
                each -> {
                  final ObjectNode scan =
                      scans.addObject().put("correlationId", each.correlationId());
                  final byte[] code = new byte[each.codeLength()];
                  each.getCode(code, 0, code.length);
                  scan.put("code", ascii(code));
                });
        fields.put("checkpoint", from.checkpoint());
        return new Read("ScanBatch", fields, from.limit());
      }
      case VerdictDecoder.TEMPLATE_ID -> {
        final VerdictDecoder from =
            new VerdictDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("mapVersion", from.mapVersion())
            .put("dataAgeMillis", from.dataAgeMillis())
            .put("rulesetVersion", from.rulesetVersion())
            .put("verdict", from.verdict().name())
            .put("reason", from.reason().name())
            .put("colour", from.colour().name())
            .put("stale", from.stale().name())
            .put("field", from.field());
        return new Read("Verdict", fields, from.limit());
      }
      case BusyDecoder.TEMPLATE_ID -> {
        final BusyDecoder from = new BusyDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("retryAfterMillis", from.retryAfterMillis());
        return new Read("Busy", fields, from.limit());
      }
      case RejectedDecoder.TEMPLATE_ID -> {
        final RejectedDecoder from =
            new RejectedDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("correlationId", from.correlationId()).put("rejection", from.rejection().name());
        return new Read("Rejected", fields, from.limit());
      }
      case TranslateDecoder.TEMPLATE_ID -> {
        final TranslateDecoder from =
            new TranslateDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("target", from.target())
            .put("linkRequired", from.linkRequired().name());
        final byte[] code = new byte[from.codeLength()];
        from.getCode(code, 0, code.length);
        fields.put("code", ascii(code));
        return new Read("Translate", fields, from.limit());
      }
      case TranslatedDecoder.TEMPLATE_ID -> {
        final TranslatedDecoder from =
            new TranslatedDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("expiresEpochSeconds", from.expiresEpochSeconds())
            .put("mapVersion", from.mapVersion())
            .put("receipt", from.receipt())
            .put("colour", from.colour().name())
            .put("linked", from.linked().name());
        final byte[] code = new byte[from.codeLength()];
        from.getCode(code, 0, code.length);
        fields.put("code", ascii(code));
        return new Read("Translated", fields, from.limit());
      }
      case NotTranslatedDecoder.TEMPLATE_ID -> {
        final NotTranslatedDecoder from =
            new NotTranslatedDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("fault", from.fault().name())
            .put("field", from.field());
        return new Read("NotTranslated", fields, from.limit());
      }
      case GroupFindingsDecoder.TEMPLATE_ID -> {
        final GroupFindingsDecoder from =
            new GroupFindingsDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("size", from.size())
            .put("green", from.green())
            .put("yellow", from.yellow())
            .put("red", from.red());
        final ArrayNode reasons = fields.putArray("reasons");
        from.reasons()
            .forEach(
                each ->
                    reasons
                        .addObject()
                        .put("reason", each.reason().name())
                        .put("members", each.members()));
        final ArrayNode heldUpBy = fields.putArray("heldUpBy");
        from.heldUpBy().forEach(each -> heldUpBy.addObject().put("ordinal", each.ordinal()));
        return new Read("GroupFindings", fields, from.limit());
      }
      case OfflineCountsDecoder.TEMPLATE_ID -> {
        final OfflineCountsDecoder from =
            new OfflineCountsDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields
            .put("correlationId", from.correlationId())
            .put("packVersion", from.packVersion())
            .put("packAgeSeconds", from.packAgeSeconds())
            .put("pass", from.pass())
            .put("hold", from.hold())
            .put("refuse", from.refuse());
        return new Read("OfflineCounts", fields, from.limit());
      }
      case OfflineCountsTakenDecoder.TEMPLATE_ID -> {
        final OfflineCountsTakenDecoder from =
            new OfflineCountsTakenDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("correlationId", from.correlationId());
        return new Read("OfflineCountsTaken", fields, from.limit());
      }
      case PingDecoder.TEMPLATE_ID -> {
        final PingDecoder from = new PingDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("echo", from.echo());
        return new Read("Ping", fields, from.limit());
      }
      case PongDecoder.TEMPLATE_ID -> {
        final PongDecoder from = new PongDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("echo", from.echo()).put("serverTimeEpochMillis", from.serverTimeEpochMillis());
        return new Read("Pong", fields, from.limit());
      }
      case GoodbyeDecoder.TEMPLATE_ID -> {
        final GoodbyeDecoder from =
            new GoodbyeDecoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
        fields.put("reason", from.reason().name());
        return new Read("Goodbye", fields, from.limit());
      }
      default -> throw new IllegalArgumentException("template " + header.templateId());
    }
  }

  private static void putTime(ObjectNode fields, long time, long none) {
    if (time == none) {
      fields.putNull("atEpochSeconds");
    } else {
      fields.put("atEpochSeconds", time);
    }
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}
