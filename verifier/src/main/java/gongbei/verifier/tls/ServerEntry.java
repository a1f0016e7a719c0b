package gongbei.verifier.tls;

import gongbei.verifier.net.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelPipeline;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What stands first in the pipelines of a server's connections: TLS, or nothing where plain text is
 * spoken. For any thread.
 */
public final class ServerEntry implements AutoCloseable {
  private final Optional<TlsEntry.Server> tls;

  private ServerEntry(Optional<TlsEntry.Server> tls) {
    this.tls = tls;
  }

  /**
   * Starts the threads of handshakes, where there are any to do.
   *
   * @param server its name in threads and metrics
   * @param tls what is shown to clients; empty for plain text
   * @param handshakesPerSecond what one address may begin; 0 for no bound
   * @param input what counts TLS records that are not whole
   * @param protocols what ALPN offers, the best first; none for no ALPN
   */
  public static ServerEntry of(
      String server,
      Optional<ServerTls> tls,
      int handshakesPerSecond,
      InputBudget input,
      List<String> protocols) {
    return new ServerEntry(
        tls.map(
            shown ->
                new TlsEntry.Server(
                    shown,
                    new Handshakes(server, shown.handshakeThreads(), handshakesPerSecond),
                    input,
                    protocols)));
  }

  /**
   * Adds what a connection begins with.
   *
   * @param timeoutMillis how long a client may take for its first byte, and then for its handshake
   * @param answerToPlainText what a client that should speak TLS, and does not, is answered with
   */
  public void addTo(
      ChannelPipeline pipeline, long timeoutMillis, Supplier<ByteBuf> answerToPlainText) {
    tls.ifPresent(
        server -> pipeline.addLast(new TlsEntry(server, timeoutMillis, answerToPlainText)));
  }

  /** Where TLS handshakes are done; empty where plain text is spoken. */
  public Optional<Handshakes> handshakes() {
    return tls.map(TlsEntry.Server::handshakes);
  }

  /** Lets the threads of handshakes end. */
  @Override
  public void close() {
    handshakes().ifPresent(Handshakes::close);
  }
}
