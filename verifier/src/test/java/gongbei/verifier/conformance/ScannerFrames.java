package gongbei.verifier.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.BusyEncoder;
import gongbei.verifier.protocol.ColourCode;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeEncoder;
import gongbei.verifier.protocol.GroupFindingsEncoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.NotTranslatedEncoder;
import gongbei.verifier.protocol.OfflineCountsEncoder;
import gongbei.verifier.protocol.OfflineCountsTakenEncoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.PongEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectedEncoder;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.ScanBatchEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.TranslateEncoder;
import gongbei.verifier.protocol.TranslatedEncoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictEncoder;
import gongbei.verifier.protocol.WelcomeEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.agrona.concurrent.UnsafeBuffer;

/** Has the generated encoders make the frame of a message that is given by its fields. */
final class ScannerFrames {
  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16 * 1024]);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();

  byte[] encode(String message, JsonNode fields) {
    return DeviceSocket.framed(buffer, encodedLength(message, fields));
  }

  private static long number(JsonNode fields, String name) {
    return fields.required(name).longValue();
  }

  private static int integer(JsonNode fields, String name) {
    return fields.required(name).intValue();
  }

  private static String text(JsonNode fields, String name) {
    return fields.required(name).textValue();
  }

  private static byte[] bytes(JsonNode fields, String name) {
    return text(fields, name).getBytes(StandardCharsets.US_ASCII);
  }

  private static long at(JsonNode fields) {
    final JsonNode at = fields.required("atEpochSeconds");
    return at.isNull() ? ScanEncoder.atEpochSecondsNullValue() : at.longValue();
  }

  private int encodedLength(String message, JsonNode fields) {
    switch (message) {
      case "Hello":
        {
          final byte[] credential = HexFormat.of().parseHex(text(fields, "credential"));
          final HelloEncoder to = new HelloEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.deviceId(text(fields, "deviceId")).putCredential(credential, 0, credential.length);
          return to.encodedLength();
        }
      case "Welcome":
        {
          final WelcomeEncoder to =
              new WelcomeEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .serverTimeEpochMillis(number(fields, "serverTimeEpochMillis"))
                  .maxFrameBytes(integer(fields, "maxFrameBytes"))
                  .maxInFlight(integer(fields, "maxInFlight"))
                  .maxBatch(integer(fields, "maxBatch"))
                  .idleSeconds(integer(fields, "idleSeconds"));
          final JsonNode rulesets = fields.required("rulesets");
          final WelcomeEncoder.RulesetsEncoder group = to.rulesetsCount(rulesets.size());
          for (final JsonNode each : rulesets) {
            group.next().version(integer(each, "version")).name(text(each, "name"));
          }
          return to.encodedLength();
        }
      case "Scan":
        {
          final byte[] code = bytes(fields, "code");
          final ScanEncoder to =
              new ScanEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .atEpochSeconds(at(fields));
          to.checkpoint(text(fields, "checkpoint")).putCode(code, 0, code.length);
          return to.encodedLength();
        }
      case "ScanBatch":
        {
          final ScanBatchEncoder to =
              new ScanBatchEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .atEpochSeconds(at(fields));
          final JsonNode scans = fields.required("scans");
          final ScanBatchEncoder.ScansEncoder group = to.scansCount(scans.size());
          for (final JsonNode each : scans) {
            final byte[] code = bytes(each, "code");
            group.next().correlationId(number(each, "correlationId")).putCode(code, 0, code.length);
          }
          to.checkpoint(text(fields, "checkpoint"));
          return to.encodedLength();
        }
      case "Verdict":
        {
          final VerdictEncoder to =
              new VerdictEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .mapVersion(number(fields, "mapVersion"))
                  .dataAgeMillis(number(fields, "dataAgeMillis"))
                  .rulesetVersion(integer(fields, "rulesetVersion"))
                  .verdict(VerdictCode.valueOf(text(fields, "verdict")))
                  .reason(ReasonCode.valueOf(text(fields, "reason")))
                  .colour(ColourCode.valueOf(text(fields, "colour")))
                  .stale(BooleanCode.valueOf(text(fields, "stale")));
          to.field(text(fields, "field"));
          return to.encodedLength();
        }
      case "Busy":
        {
          final BusyEncoder to = new BusyEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.correlationId(number(fields, "correlationId"))
              .retryAfterMillis(integer(fields, "retryAfterMillis"));
          return to.encodedLength();
        }
      case "Rejected":
        {
          final RejectedEncoder to = new RejectedEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.correlationId(number(fields, "correlationId"))
              .rejection(RejectionCode.valueOf(text(fields, "rejection")));
          return to.encodedLength();
        }
      case "Ping":
        {
          final PingEncoder to = new PingEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.echo(number(fields, "echo"));
          return to.encodedLength();
        }
      case "Pong":
        {
          final PongEncoder to = new PongEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.echo(number(fields, "echo"))
              .serverTimeEpochMillis(number(fields, "serverTimeEpochMillis"));
          return to.encodedLength();
        }
      case "Goodbye":
        {
          final GoodbyeEncoder to = new GoodbyeEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.reason(GoodbyeCode.valueOf(text(fields, "reason")));
          return to.encodedLength();
        }
      case "Translate":
        {
          final byte[] code = bytes(fields, "code");
          final TranslateEncoder to =
              new TranslateEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .target(text(fields, "target"))
                  .linkRequired(BooleanCode.valueOf(text(fields, "linkRequired")));
          to.putCode(code, 0, code.length);
          return to.encodedLength();
        }
      case "Translated":
        {
          final byte[] code = bytes(fields, "code");
          final TranslatedEncoder to =
              new TranslatedEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .expiresEpochSeconds(number(fields, "expiresEpochSeconds"))
                  .mapVersion(number(fields, "mapVersion"))
                  .receipt(number(fields, "receipt"))
                  .colour(ColourCode.valueOf(text(fields, "colour")))
                  .linked(BooleanCode.valueOf(text(fields, "linked")));
          to.putCode(code, 0, code.length);
          return to.encodedLength();
        }
      case "NotTranslated":
        {
          final NotTranslatedEncoder to =
              new NotTranslatedEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .fault(TranslationFaultCode.valueOf(text(fields, "fault")));
          to.field(text(fields, "field"));
          return to.encodedLength();
        }
      case "GroupFindings":
        {
          final GroupFindingsEncoder to =
              new GroupFindingsEncoder()
                  .wrapAndApplyHeader(buffer, 4, header)
                  .correlationId(number(fields, "correlationId"))
                  .size(integer(fields, "size"))
                  .green(integer(fields, "green"))
                  .yellow(integer(fields, "yellow"))
                  .red(integer(fields, "red"));
          final JsonNode found = fields.required("reasons");
          final GroupFindingsEncoder.ReasonsEncoder reasons = to.reasonsCount(found.size());
          for (final JsonNode each : found) {
            reasons
                .next()
                .reason(ReasonCode.valueOf(text(each, "reason")))
                .members(integer(each, "members"));
          }
          final JsonNode held = fields.required("heldUpBy");
          final GroupFindingsEncoder.HeldUpByEncoder heldUpBy = to.heldUpByCount(held.size());
          for (final JsonNode each : held) {
            heldUpBy.next().ordinal(integer(each, "ordinal"));
          }
          return to.encodedLength();
        }
      case "OfflineCounts":
        {
          final OfflineCountsEncoder to =
              new OfflineCountsEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.correlationId(number(fields, "correlationId"))
              .packVersion(number(fields, "packVersion"))
              .packAgeSeconds(number(fields, "packAgeSeconds"))
              .pass(number(fields, "pass"))
              .hold(number(fields, "hold"))
              .refuse(number(fields, "refuse"));
          return to.encodedLength();
        }
      case "OfflineCountsTaken":
        {
          final OfflineCountsTakenEncoder to =
              new OfflineCountsTakenEncoder().wrapAndApplyHeader(buffer, 4, header);
          to.correlationId(number(fields, "correlationId"));
          return to.encodedLength();
        }
      default:
        throw new IllegalArgumentException(message);
    }
  }
}
