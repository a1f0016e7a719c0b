package gongbei.bench.load;

import gongbei.verifier.protocol.BusyDecoder;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.HelloEncoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.RejectedDecoder;
import gongbei.verifier.protocol.ScanEncoder;
import gongbei.verifier.protocol.VerdictDecoder;
import gongbei.verifier.protocol.WelcomeDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;

/** A connection of scanner devices, any number of scans in flight. For one thread. */
final class TcpLoadConnection extends LoadConnection {
  private static final int LENGTH_BYTES = 4;
  private static final byte[] CHECKPOINT = "metro/load".getBytes(StandardCharsets.US_ASCII);

  private final UnsafeBuffer outBuffer;
  private final UnsafeBuffer inBuffer;
  private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final ScanEncoder scan = new ScanEncoder();
  private final VerdictDecoder verdict = new VerdictDecoder();
  private final BusyDecoder busy = new BusyDecoder();
  private final RejectedDecoder rejected = new RejectedDecoder();
  private byte[] code = new byte[512];

  TcpLoadConnection(InetSocketAddress server, int number, int bufferBytes) throws IOException {
    super(server, bufferBytes);
    outBuffer = new UnsafeBuffer(out);
    inBuffer = new UnsafeBuffer(in);
    final HelloEncoder hello =
        new HelloEncoder().wrapAndApplyHeader(outBuffer, LENGTH_BYTES, headerOut);
    hello.deviceId("load-" + number).putCredential(new byte[0], 0, 0);
    finish(0, hello.encodedLength());
    out.flip();
    while (out.hasRemaining()) {
      channel.write(out);
    }
    out.clear();
    while (in.position() < LENGTH_BYTES || in.position() < LENGTH_BYTES + in.getInt(0)) {
      if (channel.read(in) < 0) {
        throw new IOException("the server does not say Welcome");
      }
    }
    in.flip();
    header.wrap(inBuffer, LENGTH_BYTES);
    if (header.templateId() != WelcomeDecoder.TEMPLATE_ID) {
      throw new IOException("the server says message " + header.templateId() + ", not Welcome");
    }
    in.clear();
  }

  @Override
  void ask(long id, Questions questions) {
    final int start = out.position();
    final int length = questions.length();
    if (code.length < length) {
      code = new byte[2 * length];
    }
    questions.copyTo(code, 0);
    scan.wrapAndApplyHeader(outBuffer, start + LENGTH_BYTES, headerOut)
        .correlationId(id)
        .atEpochSeconds(ScanEncoder.atEpochSecondsNullValue())
        .putCheckpoint(CHECKPOINT, 0, CHECKPOINT.length)
        .putCode(code, 0, length);
    finish(start, scan.encodedLength());
  }

  private void finish(int start, int encodedLength) {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    out.putInt(start, length);
    out.position(start + LENGTH_BYTES + length);
  }

  @Override
  void takeAnswers(Answers answers) throws IOException {
    while (in.remaining() >= LENGTH_BYTES) {
      final int length = in.getInt(in.position());
      if (in.remaining() < LENGTH_BYTES + length) {
        return;
      }
      onMessage(in.position() + LENGTH_BYTES, answers);
      in.position(in.position() + LENGTH_BYTES + length);
    }
  }

  private void onMessage(int at, Answers answers) throws IOException {
    header.wrap(inBuffer, at);
    switch (header.templateId()) {
      case VerdictDecoder.TEMPLATE_ID -> {
        verdict.wrapAndApplyHeader(inBuffer, at, header);
        answers.onAnswer(verdict.correlationId(), verdict.reasonRaw());
      }
      case BusyDecoder.TEMPLATE_ID -> {
        busy.wrapAndApplyHeader(inBuffer, at, header);
        answers.onAnswer(busy.correlationId(), ReasonCode.BUSY.value());
      }
      case RejectedDecoder.TEMPLATE_ID -> {
        rejected.wrapAndApplyHeader(inBuffer, at, header);
        answers.onAnswer(rejected.correlationId(), 0);
      }
      case GoodbyeDecoder.TEMPLATE_ID -> throw new IOException("the server says Goodbye");
      default -> {
        // A group's findings, which its verdict follows.
      }
    }
  }
}
