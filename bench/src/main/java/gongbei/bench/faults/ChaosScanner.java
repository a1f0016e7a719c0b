package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.model.Colour;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceVerdict;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** A checkpoint's connection to one node, which asks one scan after the other. For one thread. */
abstract class ChaosScanner implements AutoCloseable {
  private static final Map<Colour, String> VERDICTS =
      Map.of(Colour.GREEN, "pass ok", Colour.YELLOW, "hold yellow", Colour.RED, "refuse red");
  private static final int PATIENCE_MILLIS = 3_000;
  private static final int NEVER_MILLIS = 600_000;

  /**
   * What a scan was answered with.
   *
   * @param words verdict and reason, as in {@code pass ok}
   */
  record Answer(String words, Colour colour, long version) {
    /** Whether the verdict is the one that the rules make of the colour. */
    boolean isRight() {
      return words.equals(VERDICTS.get(colour));
    }
  }

  /**
   * Asks.
   *
   * @throws IOException where there is no verdict by the map; the connection is of no use then
   */
  abstract Answer ask(String code) throws IOException, InterruptedException;

  @Override
  public abstract void close();

  private static Answer answer(String verdict, String reason, String colour, long version)
      throws IOException {
    final Colour shown =
        Colour.ofWireName(colour.toLowerCase(Locale.ROOT))
            .orElseThrow(() -> new IOException("the answer was " + verdict + " " + reason));
    return new Answer(
        (verdict + " " + reason).toLowerCase(Locale.ROOT).replace('_', '-'), shown, version);
  }

  /** Connects by the protocol of scanner devices. */
  static ChaosScanner device(InetSocketAddress server) throws IOException {
    final DeviceClient client;
    try {
      client =
          new DeviceClient(
              new DeviceClient.Context()
                  .server(server)
                  .device("chaos", new byte[0])
                  .connectMillis(PATIENCE_MILLIS)
                  .answerMillis(PATIENCE_MILLIS)
                  .busyRetries(0)
                  // A connection made again would be another.
                  .minBackoffMillis(NEVER_MILLIS)
                  .maxBackoffMillis(NEVER_MILLIS));
    } catch (DeviceException e) {
      throw new IOException(e);
    }
    return new ChaosScanner() {
      @Override
      Answer ask(String code) throws IOException, InterruptedException {
        try {
          final DeviceVerdict told = client.at("metro").scan(code).get();
          return answer(
              told.verdict().name(), told.reason().name(), told.colour().name(), told.mapVersion());
        } catch (ExecutionException e) {
          throw new IOException(e.getCause());
        }
      }

      @Override
      public void close() {
        client.close();
      }
    };
  }

  /** Connects by HTTP/1.1, kept alive. */
  static ChaosScanner http(String host, int port) throws IOException {
    final Socket socket = new Socket();
    try {
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      return new Http(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static final class Http extends ChaosScanner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LENGTH = "content-length:";

    private final Socket socket;
    private final InputStream input;

    private Http(Socket socket) throws IOException {
      this.socket = socket;
      input = new BufferedInputStream(socket.getInputStream());
    }

    @Override
    Answer ask(String code) throws IOException {
      final String body = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
      socket
          .getOutputStream()
          .write(
              ("POST /v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      + "Content-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      final String status = line();
      int length = 0;
      for (String field = line(); !field.isEmpty(); field = line()) {
        if (field.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
          length = Integer.parseInt(field.substring(LENGTH.length()).trim());
        }
      }
      final byte[] bytes = input.readNBytes(length);
      if (bytes.length < length || !status.startsWith("HTTP/1.1 200")) {
        throw new IOException(status + ": " + new String(bytes, StandardCharsets.UTF_8));
      }
      final JsonNode told = JSON.readTree(bytes);
      return answer(
          told.path("verdict").asText(),
          told.path("reason").asText(),
          told.path("colour").asText(),
          told.path("version").longValue());
    }

    private String line() throws IOException {
      final StringBuilder line = new StringBuilder();
      for (int next = input.read(); next != '\n'; next = input.read()) {
        if (next < 0) {
          throw new IOException("the node hung up");
        }
        if (next != '\r') {
          line.append((char) next);
        }
      }
      return line.toString();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException e) {
        // It is of no use either way.
      }
    }
  }
}
