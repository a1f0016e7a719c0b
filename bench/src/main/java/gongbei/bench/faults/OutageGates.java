package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/**
 * The three checkpoints of a drill: a device, one over HTTP, and one without a network. Those with
 * a network have a node of their own and another that they ask where that one does not answer. For
 * one thread.
 */
final class OutageGates implements AutoCloseable {
  static final String DEVICE = "device";
  static final String HTTP = "http";
  static final String OFFLINE = "without a network";
  static final List<String> ALL = List.of(DEVICE, HTTP, OFFLINE);

  /** What is said where no node answers. */
  static final Answer NONE = new Answer("no answer", "nobody");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final int OK = 200;
  private static final int LEAST_BACKOFF_MILLIS = 50;
  private static final int MOST_BACKOFF_MILLIS = 400;

  private final MintOutageRegion region;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();
  private final List<Device> devices = new ArrayList<>();
  private final OfflineCheckpoint bus;

  /** A connection to a node. */
  private record Device(InetSocketAddress node, DeviceClient client) {}

  /**
   * An answer to a code.
   *
   * @param said verdict and reason
   * @param by who said so
   */
  record Answer(String said, String by) {}

  OutageGates(MintOutageRegion region) throws IOException {
    this.region = region;
    this.bus = new OfflineCheckpoint(region.anchors(), () -> System.currentTimeMillis() / 1_000);
    for (final InetSocketAddress node : region.devices()) {
      devices.add(
          new Device(
              node,
              new DeviceClient(
                  new DeviceClient.Context()
                      .server(node)
                      .device("outage", new byte[0])
                      .patient(true)
                      .busyRetries(0)
                      .answerMillis((int) TIMEOUT.toMillis())
                      .minBackoffMillis(LEAST_BACKOFF_MILLIS)
                      .maxBackoffMillis(MOST_BACKOFF_MILLIS))));
    }
  }

  /** Whether an answer is of the place's own node, and not of the other one. */
  boolean isOwn(String place, String by) {
    return switch (place) {
      case DEVICE -> by.equals(devices.get(0).node().toString());
      case HTTP -> by.equals(region.checkpoints().get(0).toString());
      default -> true;
    };
  }

  /** What is said of a code at a place, in one try at each node; {@link #NONE} where nothing is. */
  Answer ask(String place, String code) throws IOException, InterruptedException {
    return switch (place) {
      case DEVICE -> scanned(code);
      case HTTP -> scannedOverHttp(code);
      default -> judged(code);
    };
  }

  private Answer scanned(String code) throws InterruptedException {
    for (final Device each : devices) {
      try {
        if (each.client().isConnected()) {
          final DeviceVerdict told = each.client().at("metro").scan(code).get();
          if (told.reason() != ReasonCode.BUSY) {
            return new Answer(
                inWords(told.verdict().name(), told.reason().name()), each.node().toString());
          }
        }
      } catch (DeviceException | ExecutionException e) {
        // The other node is asked.
      }
    }
    return NONE;
  }

  private Answer scannedOverHttp(String code) throws InterruptedException {
    final String question =
        JsonNodeFactory.instance
            .objectNode()
            .put("checkpoint", "metro")
            .put("code", code)
            .toString();
    for (final URI node : region.checkpoints()) {
      try {
        final HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(node.resolve("/v1/scans"))
                    .timeout(TIMEOUT)
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(question))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == OK) {
          final JsonNode told = JSON.readTree(answer.body());
          return new Answer(
              inWords(told.path("verdict").asText(), told.path("reason").asText()),
              node.toString());
        }
      } catch (IOException e) {
        // The other node is asked.
      }
    }
    return NONE;
  }

  private Answer judged(String code) throws IOException {
    try {
      final OfflineVerdict verdict = bus.judge("metro", code.getBytes(StandardCharsets.US_ASCII));
      return new Answer(inWords(verdict.verdict().name(), verdict.reason().name()), OFFLINE);
    } catch (PackException e) {
      throw new IOException(e);
    }
  }

  private static String inWords(String verdict, String reason) {
    return (verdict + ' ' + reason).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Fetches a pack for the checkpoint without a network, which keeps what it has where none is. */
  void takePack() throws IOException, InterruptedException {
    for (final URI node : region.packs()) {
      try {
        final HttpResponse<byte[]> answer =
            http.send(
                new AuthorityClient(node, region.checkpointKey()).request("GET", "/v1/packs", ""),
                HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == OK) {
          bus.take(answer.body());
          return;
        }
      } catch (PackException e) {
        // A node that is behind the other makes older ones.
        if (e.reason() != PackException.Reason.WRONG_BASE) {
          throw new IOException(e);
        }
      } catch (IOException e) {
        // The other node is asked.
      }
    }
  }

  /** What the first node that answers says of minting. */
  Optional<JsonNode> minting() throws InterruptedException {
    for (final URI node : region.packs()) {
      try {
        final HttpResponse<String> answer =
            http.send(
                HttpRequest.newBuilder(node.resolve("/v1/minting")).timeout(TIMEOUT).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == OK) {
          return Optional.of(JSON.readTree(answer.body()));
        }
      } catch (IOException e) {
        // The other node is asked.
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    devices.forEach(each -> each.client().close());
  }
}
