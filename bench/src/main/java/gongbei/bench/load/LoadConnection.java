package gongbei.bench.load;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** One connection of a load. For one thread. */
abstract class LoadConnection implements AutoCloseable {
  /** Room for one question of the greatest size. */
  static final int MAX_QUESTION_BYTES = 8 * 1024;

  /** Whether it is among those that have something to send. For who sends. */
  boolean isToBeSent;

  final SocketChannel channel;
  final ByteBuffer out;
  final ByteBuffer in;

  /** Who is told of answers. */
  interface Answers {
    /**
     * @param id the question's number
     * @param reason as the scanner protocol has it; {@code ReasonCode.BUSY} where it was shed, 0
     *     where it was answered by something else
     */
    void onAnswer(long id, int reason);

    /**
     * Is told that a question was shed.
     *
     * @param retryAfterNanos after how long it may be asked again
     */
    void onShed(long id, long retryAfterNanos);
  }

  LoadConnection(InetSocketAddress server, int bufferBytes) throws IOException {
    out = ByteBuffer.allocateDirect(bufferBytes).order(ByteOrder.LITTLE_ENDIAN);
    in = ByteBuffer.allocateDirect(bufferBytes).order(ByteOrder.LITTLE_ENDIAN);
    channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.connect(server);
  }

  void register(Selector selector) throws IOException {
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Whether a question may be put now. */
  boolean hasRoom() {
    return out.remaining() >= MAX_QUESTION_BYTES;
  }

  /** Puts the question at hand among what is to be sent. */
  abstract void ask(long id, Questions questions);

  /** Takes answers from {@link #in}, which is flipped, and leaves what is no whole one. */
  abstract void takeAnswers(Answers answers) throws IOException;

  /** Sends what there is, as far as the network takes it; returns whether that was all. */
  boolean send() throws IOException {
    if (out.position() > 0) {
      out.flip();
      channel.write(out);
      out.compact();
    }
    return out.position() == 0;
  }

  /** Reads what has come. */
  void receive(Answers answers) throws IOException {
    final int read = channel.read(in);
    if (read < 0) {
      throw new EOFException("the server has closed a connection");
    }
    if (read > 0) {
      in.flip();
      takeAnswers(answers);
      in.compact();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
