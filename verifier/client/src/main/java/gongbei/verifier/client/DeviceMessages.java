package gongbei.verifier.client;

import gongbei.codec.model.Region;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeEncoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.OfflineCountsEncoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.ScanBatchEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.TranslateEncoder;
import gongbei.verifier.rules.Verdict;
import java.util.List;
import java.util.Map;

/** Encodes the messages that a device sends. */
final class DeviceMessages {
  /** The bytes of a frame's length, before its message. */
  static final int LENGTH_BYTES = 4;

  private DeviceMessages() {}

  /** Encodes a message behind the place of its frame's length. */
  interface Message {
    /**
     * Encodes the message.
     *
     * @param id its correlation id, or the first of a batch's
     * @return the bytes that it takes, its header not counted
     */
    int encode(ArrayBuffer buffer, MessageHeaderEncoder header, long id);
  }

  /** Opens a connection. */
  static Message hello(String deviceId, byte[] credential) {
    return (buffer, header, id) -> {
      final HelloEncoder hello =
          new HelloEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      hello.deviceId(deviceId).putCredential(credential, 0, credential.length);
      return hello.encodedLength();
    };
  }

  /** Asks for the verdict on a code, at the server's time. */
  static Message scan(String checkpoint, byte[] code) {
    return (buffer, header, id) -> {
      final ScanEncoder scan = new ScanEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      scan.correlationId(id)
          .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue())
          .checkpoint(checkpoint)
          .putCode(code, 0, code.length);
      return scan.encodedLength();
    };
  }

  /** Asks for the verdicts on codes, whose correlation ids follow each other. */
  static Message scanBatch(String checkpoint, List<byte[]> codes) {
    return (buffer, header, firstId) -> {
      final ScanBatchEncoder batch =
          new ScanBatchEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      batch.atEpochSeconds(ScanBatchEncoder.atEpochSecondsNullValue());
      final ScanBatchEncoder.ScansEncoder scans = batch.scansCount(codes.size());
      for (int i = 0; i < codes.size(); i++) {
        final byte[] code = codes.get(i);
        scans.next().correlationId(firstId + i).putCode(code, 0, code.length);
      }
      batch.checkpoint(checkpoint);
      return batch.encodedLength();
    };
  }

  /** Asks for a code of another region. */
  static Message translate(byte[] code, Region target, boolean linkRequired) {
    return (buffer, header, id) -> {
      final TranslateEncoder translate =
          new TranslateEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      translate
          .correlationId(id)
          .target(target.wireName())
          .linkRequired(linkRequired ? BooleanCode.YES : BooleanCode.NO)
          .putCode(code, 0, code.length);
      return translate.encodedLength();
    };
  }

  /** Reports the verdicts that a checkpoint gave without a network. */
  static Message offlineCounts(OfflineCheckpoint checkpoint, Map<Verdict, Long> counts) {
    return (buffer, header, id) -> {
      final OfflineCountsEncoder message =
          new OfflineCountsEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      message
          .correlationId(id)
          .packVersion(checkpoint.version())
          .packAgeSeconds(checkpoint.packAgeSeconds())
          .pass(counts.getOrDefault(Verdict.PASS, 0L))
          .hold(counts.getOrDefault(Verdict.HOLD, 0L))
          .refuse(counts.getOrDefault(Verdict.REFUSE, 0L));
      return message.encodedLength();
    };
  }

  /** Asks for the server's time. */
  static Message ping() {
    return (buffer, header, id) -> {
      final PingEncoder ping = new PingEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      ping.echo(id);
      return ping.encodedLength();
    };
  }

  /** Ends a connection in an orderly way. */
  static Message goodbye() {
    return (buffer, header, id) -> {
      final GoodbyeEncoder goodbye =
          new GoodbyeEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, header);
      goodbye.reason(GoodbyeCode.NORMAL);
      return goodbye.encodedLength();
    };
  }
}
