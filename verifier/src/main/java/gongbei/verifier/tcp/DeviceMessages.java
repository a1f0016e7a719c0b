package gongbei.verifier.tcp;

import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationFault;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.BusyEncoder;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.GoodbyeEncoder;
import gongbei.verifier.protocol.HelloDecoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.NotTranslatedEncoder;
import gongbei.verifier.protocol.OfflineCountsDecoder;
import gongbei.verifier.protocol.OfflineCountsTakenEncoder;
import gongbei.verifier.protocol.PingDecoder;
import gongbei.verifier.protocol.PongEncoder;
import gongbei.verifier.protocol.RejectedEncoder;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.ScanBatchDecoder;
import gongbei.verifier.protocol.ScanDecoder;
import gongbei.verifier.protocol.TranslateDecoder;
import gongbei.verifier.protocol.TranslatedEncoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.WelcomeEncoder;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.translate.TranslationResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The flyweights of one event loop, which handles one frame at a time: decoders over the message
 * that has come, and the frames that a node itself says. Each method that encodes returns the bytes
 * of its frame, which are at the start of {@link #encoded}. Verdicts are encoded by their workers:
 * {@link VerdictFrames}.
 */
final class DeviceMessages {
  private static final int SMALL_FRAME_BYTES = 64;
  private static final ThreadLocal<DeviceMessages> OF_LOOP =
      ThreadLocal.withInitial(DeviceMessages::new);

  final HelloDecoder hello = new HelloDecoder();
  final ScanDecoder scan = new ScanDecoder();
  final ScanBatchDecoder batch = new ScanBatchDecoder();
  final PingDecoder ping = new PingDecoder();
  final OfflineCountsDecoder offline = new OfflineCountsDecoder();
  final TranslateDecoder translate = new TranslateDecoder();

  private final UnsafeBuffer message = new UnsafeBuffer(0, 0);
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final byte[] encoded =
      new byte[FrameReader.LENGTH_BYTES + ClientLimits.MAX_DEVICE_ANSWER_BYTES];
  private final UnsafeBuffer out = new UnsafeBuffer(encoded);
  private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
  private final OfflineCountsTakenEncoder offlineTaken = new OfflineCountsTakenEncoder();
  private final TranslatedEncoder translated = new TranslatedEncoder();
  private final NotTranslatedEncoder notTranslated = new NotTranslatedEncoder();
  private final WelcomeEncoder welcome = new WelcomeEncoder();
  private final PongEncoder pong = new PongEncoder();
  private final BusyEncoder busy = new BusyEncoder();
  private final RejectedEncoder rejected = new RejectedEncoder();
  private final GoodbyeEncoder goodbye = new GoodbyeEncoder();
  private byte[] bytes = new byte[SMALL_FRAME_BYTES];
  private byte[] checkpoint = new byte[ClientLimits.MAX_CHECKPOINT_CHARACTERS];

  private DeviceMessages() {}

  /** The flyweights of the event loop that calls. */
  static DeviceMessages ofLoop() {
    return OF_LOOP.get();
  }

  /** Copies a message in, and reads its header. */
  MessageHeaderDecoder take(ByteBuf from, int length) {
    if (bytes.length < length) {
      bytes = new byte[Integer.highestOneBit(length) * 2];
    }
    from.readBytes(bytes, 0, length);
    message.wrap(bytes, 0, length);
    return header.wrap(message, 0);
  }

  /** The message that was taken. */
  UnsafeBuffer message() {
    return message;
  }

  /** The bytes of the message that was taken. */
  byte[] bytes() {
    return bytes;
  }

  /** Room for the name of a checkpoint of so many bytes. */
  byte[] checkpoint(int length) {
    if (checkpoint.length < length) {
      checkpoint = new byte[length];
    }
    return checkpoint;
  }

  /** The name of the checkpoint that was put into {@link #checkpoint(int)}. */
  byte[] checkpoint() {
    return checkpoint;
  }

  /** The frame that was encoded last. */
  byte[] encoded() {
    return encoded;
  }

  /**
   * Finds why a message must not be read; null where it may.
   *
   * @param isWelcomed whether the device has been told Welcome
   */
  static GoodbyeCode faultOf(MessageHeaderDecoder header, boolean isWelcomed) {
    if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
      return GoodbyeCode.UNSUPPORTED_PROTOCOL;
    }
    if (!isWelcomed && !isFirst(header.templateId())) {
      return GoodbyeCode.UNEXPECTED_MESSAGE;
    }
    return header.blockLength() < leastBlockLength(header.templateId())
        ? GoodbyeCode.MALFORMED_MESSAGE
        : null;
  }

  /**
   * Passes over the scans of the batch that was taken, to what comes after them.
   *
   * @throws IndexOutOfBoundsException where one goes beyond the message
   */
  void passOver(ScanBatchDecoder.ScansDecoder scans) {
    while (scans.hasNext()) {
      scans.next();
      final int codeEnd =
          batch.limit() + ScanBatchDecoder.ScansDecoder.codeHeaderLength() + scans.codeLength();
      if (codeEnd > message.capacity()) {
        throw new IndexOutOfBoundsException();
      }
      batch.limit(codeEnd);
    }
  }

  /** Whether a message may come before the Welcome; of those that are ignored any may. */
  private static boolean isFirst(int templateId) {
    return switch (templateId) {
      case ScanDecoder.TEMPLATE_ID,
          ScanBatchDecoder.TEMPLATE_ID,
          TranslateDecoder.TEMPLATE_ID,
          OfflineCountsDecoder.TEMPLATE_ID,
          PingDecoder.TEMPLATE_ID ->
          false;
      default -> true;
    };
  }

  /** The fixed part that a message has had since its first version; a newer one has more. */
  private static int leastBlockLength(int templateId) {
    return switch (templateId) {
      case ScanDecoder.TEMPLATE_ID -> ScanDecoder.BLOCK_LENGTH;
      case ScanBatchDecoder.TEMPLATE_ID -> ScanBatchDecoder.BLOCK_LENGTH;
      case TranslateDecoder.TEMPLATE_ID -> TranslateDecoder.BLOCK_LENGTH;
      case OfflineCountsDecoder.TEMPLATE_ID -> OfflineCountsDecoder.BLOCK_LENGTH;
      case PingDecoder.TEMPLATE_ID -> PingDecoder.BLOCK_LENGTH;
      case GoodbyeDecoder.TEMPLATE_ID -> GoodbyeDecoder.BLOCK_LENGTH;
      default -> 0;
    };
  }

  int welcome(List<Ruleset> rulesets, int idleSeconds) {
    welcome
        .wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .serverTimeEpochMillis(System.currentTimeMillis())
        .maxFrameBytes(ClientLimits.MAX_FRAME_BYTES)
        .maxInFlight(Limits.MAX_IN_FLIGHT)
        .maxBatch(Limits.MAX_SCANS_A_BATCH)
        .idleSeconds(idleSeconds);
    final WelcomeEncoder.RulesetsEncoder group = welcome.rulesetsCount(rulesets.size());
    for (final Ruleset ruleset : rulesets) {
      group.next().version(ruleset.version()).name(ruleset.name());
    }
    return framed(welcome.encodedLength());
  }

  int translated(long correlationId, TranslationResult result) {
    final Translation translation = result.translation();
    final byte[] code = translation.code().getBytes(StandardCharsets.US_ASCII);
    translated
        .wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .correlationId(correlationId)
        .expiresEpochSeconds(translation.claims().expiresAtEpochSeconds())
        .mapVersion(result.version())
        .receipt(result.receipt())
        .colour(VerdictFrames.codeOf(translation.claims().colour().number()))
        .linked(translation.linked() ? BooleanCode.YES : BooleanCode.NO)
        .putCode(code, 0, code.length);
    return framed(translated.encodedLength());
  }

  int notTranslated(long correlationId, TranslationFaultCode fault, String field) {
    notTranslated
        .wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .correlationId(correlationId)
        .fault(fault)
        .field(field);
    return framed(notTranslated.encodedLength());
  }

  static TranslationFaultCode codeOf(TranslationFault fault) {
    return switch (fault) {
      case MALFORMED_CODE -> TranslationFaultCode.MALFORMED_CODE;
      case UNSUPPORTED_CODE -> TranslationFaultCode.UNSUPPORTED_CODE;
      case WRONG_DIRECTION -> TranslationFaultCode.WRONG_DIRECTION;
      case OWN_REGION_CODE -> TranslationFaultCode.OWN_REGION_CODE;
      case UNKNOWN_CODE_ISSUER -> TranslationFaultCode.UNKNOWN_CODE_ISSUER;
      case BAD_CODE_SIGNATURE -> TranslationFaultCode.BAD_CODE_SIGNATURE;
      case CODE_NOT_YET_VALID -> TranslationFaultCode.CODE_NOT_YET_VALID;
      case EXPIRED_CODE -> TranslationFaultCode.EXPIRED_CODE;
      case REVOKED_CODE -> TranslationFaultCode.REVOKED_CODE;
      case CODE_NOT_FRESH -> TranslationFaultCode.CODE_NOT_FRESH;
      case NOT_IN_TABLE -> TranslationFaultCode.NOT_IN_TABLE;
      case UNLINKED -> TranslationFaultCode.UNLINKED;
    };
  }

  int offlineCountsTaken(long correlationId) {
    offlineTaken
        .wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .correlationId(correlationId);
    return framed(offlineTaken.encodedLength());
  }

  int pong(long echo) {
    pong.wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .echo(echo)
        .serverTimeEpochMillis(System.currentTimeMillis());
    return framed(pong.encodedLength());
  }

  int busy(long correlationId, int retryAfterMillis) {
    busy.wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .correlationId(correlationId)
        .retryAfterMillis(retryAfterMillis);
    return framed(busy.encodedLength());
  }

  int rejected(long correlationId, RejectionCode why) {
    rejected
        .wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut)
        .correlationId(correlationId)
        .rejection(why);
    return framed(rejected.encodedLength());
  }

  int goodbye(GoodbyeCode why) {
    goodbye.wrapAndApplyHeader(out, FrameReader.LENGTH_BYTES, headerOut).reason(why);
    return framed(goodbye.encodedLength());
  }

  private int framed(int encodedLength) {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    out.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    return FrameReader.LENGTH_BYTES + length;
  }

  /** What a device is told in plain text that speaks it where TLS is spoken. */
  static ByteBuf answerToPlainText() {
    final DeviceMessages messages = ofLoop();
    final int length = messages.goodbye(GoodbyeCode.UNSUPPORTED_PROTOCOL);
    return Unpooled.copiedBuffer(messages.encoded, 0, length);
  }
}
