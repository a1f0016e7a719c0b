package gongbei.verifier.conformance;

import gongbei.verifier.protocol.ArrayBuffer;
import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.PingEncoder;
import gongbei.verifier.protocol.PongDecoder;
import gongbei.verifier.protocol.ScanBatchEncoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.VerdictDecoder;
import java.util.HexFormat;

/** The frames that {@link ScannerConformance} sends, and what it reads from those of a server. */
final class ConformanceFrames {
  private static final int LENGTH_BYTES = 4;
  private static final int MAX_RETRY_MILLIS = 60_000;
  private static final String CHECKPOINT = "metro";

  private ConformanceFrames() {}

  /** Describes a frame in words, for a message. */
  static String told(byte[] frame) {
    if (frame == null) {
      return "the end of the connection";
    }
    final GoodbyeCode goodbye = DeviceSocket.goodbye(frame);
    return goodbye == null ? HexFormat.of().formatHex(frame) : "Goodbye " + goodbye;
  }

  /** The frame of a Scan, at the server's time. */
  static byte[] scan(long correlationId, byte[] code) {
    final ArrayBuffer buffer = new ArrayBuffer(new byte[128 + code.length]);
    final ScanEncoder scan =
        new ScanEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, new MessageHeaderEncoder());
    scan.correlationId(correlationId)
        .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue())
        .checkpoint(CHECKPOINT)
        .putCode(code, 0, code.length);
    return DeviceSocket.framed(buffer, scan.encodedLength());
  }

  /** The frame of a Ping. */
  static byte[] ping(long echo) {
    final ArrayBuffer buffer = new ArrayBuffer(new byte[64]);
    final PingEncoder ping =
        new PingEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, new MessageHeaderEncoder());
    ping.echo(echo);
    return DeviceSocket.framed(buffer, ping.encodedLength());
  }

  /** Reads a Verdict. */
  static VerdictDecoder verdict(byte[] frame) throws Violation {
    if (DeviceSocket.template(frame) != VerdictDecoder.TEMPLATE_ID) {
      throw new Violation("a scan was answered by " + told(frame));
    }
    return new VerdictDecoder()
        .wrapAndApplyHeader(new ArrayBuffer(frame), LENGTH_BYTES, new MessageHeaderDecoder());
  }

  /** Reads a Pong. */
  static PongDecoder pong(byte[] frame) throws Violation {
    if (DeviceSocket.template(frame) != PongDecoder.TEMPLATE_ID) {
      throw new Violation("Ping was answered by " + told(frame));
    }
    return new PongDecoder()
        .wrapAndApplyHeader(new ArrayBuffer(frame), LENGTH_BYTES, new MessageHeaderDecoder());
  }

  /** Reads a Busy, whose wait has to be one that a device can take. */
  static BusyDecoder busy(byte[] frame) throws Violation {
    final BusyDecoder busy =
        new BusyDecoder()
            .wrapAndApplyHeader(new ArrayBuffer(frame), LENGTH_BYTES, new MessageHeaderDecoder());
    if (busy.retryAfterMillis() < 1 || busy.retryAfterMillis() > MAX_RETRY_MILLIS) {
      throw new Violation("Busy asks for a wait of " + busy.retryAfterMillis() + " ms");
    }
    return busy;
  }

  /** The frame of a ScanBatch of the same code, with correlation ids from 0. */
  static byte[] scanBatch(int count, byte[] code) {
    final ArrayBuffer buffer = new ArrayBuffer(new byte[128 + count * 16]);
    final ScanBatchEncoder batch =
        new ScanBatchEncoder().wrapAndApplyHeader(buffer, LENGTH_BYTES, new MessageHeaderEncoder());
    batch.atEpochSeconds(ScanBatchEncoder.atEpochSecondsNullValue());
    final ScanBatchEncoder.ScansEncoder scans = batch.scansCount(count);
    for (int i = 0; i < count; i++) {
      scans.next().correlationId(i).putCode(code, 0, code.length);
    }
    batch.checkpoint(CHECKPOINT);
    return DeviceSocket.framed(buffer, batch.encodedLength());
  }
}
