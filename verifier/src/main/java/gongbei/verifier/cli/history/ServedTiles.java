package gongbei.verifier.cli.history;

import gongbei.codec.transparency.TileDirectory;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TileSource;
import gongbei.verifier.client.NodeConnection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** The tiles of a history that a node, or anybody who has copied them, serves. */
public final class ServedTiles implements TileSource {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final URI base;
  private final NodeConnection connection;
  private final HttpClient http;

  /**
   * @param server the address of the node
   */
  public ServedTiles(URI server, NodeConnection connection) {
    this.base = server.resolve("/history/");
    this.connection = connection;
    this.http = connection.http().connectTimeout(TIMEOUT).build();
  }

  @Override
  public Optional<String> head() throws IOException {
    return get(TileDirectory.HEAD).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public Optional<byte[]> tile(TilePath path) throws IOException {
    return get(path.text());
  }

  /** Gets what is at a path below {@code /history/}; empty where nothing is. */
  Optional<byte[]> get(String path) throws IOException {
    final HttpResponse<byte[]> answer;
    try {
      answer =
          http.send(
              connection
                  .authorize(HttpRequest.newBuilder(base.resolve(path)))
                  .timeout(TIMEOUT)
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (answer.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    if (answer.statusCode() != OK) {
      throw new IOException(base + path + " answered status " + answer.statusCode());
    }
    return Optional.of(answer.body());
  }
}
