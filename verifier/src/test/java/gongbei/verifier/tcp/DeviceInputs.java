package gongbei.verifier.tcp;

import com.lmax.disruptor.BlockingWaitStrategy;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.fuzz.LoopbackChannel;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.ScanEvaluator;
import gongbei.verifier.scan.ScanMetrics;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.server.Drain;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

/** What a scanner device sends, for fuzzing: scans go into a pipeline that answers none. */
public final class DeviceInputs {
  private static final int LENGTH_BYTES = 4;
  private final TcpServer.Context context;
  private final DeviceReplies replies =
      new DeviceReplies(new EmbeddedChannel().eventLoop(), new Drain(), 16);
  private final ConnectionLimiter room = new ConnectionLimiter(10, 10);
  private long connections;

  public DeviceInputs() {
    final ScanMetrics metrics = new ScanMetrics();
    context =
        new TcpServer.Context()
            .rulesets(RulesetStore.shipped())
            .metrics(metrics)
            .pipeline(
                new ScanPipeline(
                    16,
                    0,
                    new BlockingWaitStrategy(),
                    0,
                    new ScanEvaluator.Context()
                        .trust(() -> TrustList.EMPTY)
                        .engine(BouncyCastleEngine::new),
                    metrics));
  }

  /** Takes the bytes of a connection, in one piece and then cut in two. */
  public void connection(byte[] input) {
    connection(input, input.length);
    connection(input, input.length / 2);
  }

  private void connection(byte[] input, int cut) {
    final LoopbackChannel channel =
        new LoopbackChannel(new DeviceConnection(context, room, replies, ++connections));
    channel.writeInbound(Unpooled.copiedBuffer(input, 0, cut));
    if (channel.isOpen()) {
      channel.writeInbound(Unpooled.copiedBuffer(input, cut, input.length - cut));
    }
    channel.checkException();
    final ByteBuf answers = Unpooled.buffer();
    ByteBuf answer;
    while ((answer = channel.readOutbound()) != null) {
      answers.writeBytes(answer);
      answer.release();
    }
    while (answers.isReadable()) {
      final int length = answers.readIntLE();
      require(length >= MessageHeaderEncoder.ENCODED_LENGTH, "an answer has no header");
      require(length <= answers.readableBytes(), "an answer is cut short");
      require(
          answers.getShortLE(answers.readerIndex() + 2 * Short.BYTES)
              == MessageHeaderDecoder.SCHEMA_ID,
          "an answer is of another protocol");
      answers.skipBytes(length);
    }
    answers.release();
    channel.finishAndReleaseAll();
  }

  /** A message in its frame. */
  public static byte[] framed(byte[] message) {
    final ByteBuf frame = Unpooled.buffer(LENGTH_BYTES + message.length);
    frame.writeIntLE(message.length).writeBytes(message);
    return frame.array();
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
