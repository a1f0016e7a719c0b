package gongbei.verifier.pages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.testing.Patience;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A second line to a browser's page, by the DevTools protocol itself: the driver takes the next
 * command only when the one before is answered, which for the keys of a code are hundreds. For one
 * thread.
 */
final class DevTools implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final WebSocket socket;
  private int lastId;

  /**
   * Connects to the only page of a browser.
   *
   * @param address where it is to be debugged, a host and a port
   */
  DevTools(String address) throws IOException, InterruptedException {
    final HttpClient http = HttpClient.newHttpClient();
    socket =
        http.newWebSocketBuilder().buildAsync(pageOf(http, address), new Answers(answers)).join();
  }

  private static URI pageOf(HttpClient http, String address)
      throws IOException, InterruptedException {
    final String targets =
        http.send(
                HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    for (final JsonNode target : JSON.readTree(targets)) {
      if (target.path("type").asText().equals("page")) {
        return URI.create(target.path("webSocketDebuggerUrl").asText());
      }
    }
    throw new IOException("the browser has no page: " + targets);
  }

  /** Gives a command many times, in order, and waits until each was carried out. */
  void each(String method, List<Map<String, Object>> parameters) {
    final List<Integer> awaited = new ArrayList<>();
    try {
      for (final Map<String, Object> each : parameters) {
        awaited.add(++lastId);
        socket
            .sendText(
                JSON.writeValueAsString(Map.of("id", lastId, "method", method, "params", each)),
                true)
            .join();
      }
      while (!awaited.isEmpty()) {
        final JsonNode answer = answers.poll(Patience.SECONDS, TimeUnit.SECONDS);
        if (answer == null || answer.has("error")) {
          throw new IllegalStateException(method + ": " + answer);
        }
        awaited.remove((Integer) answer.path("id").asInt());
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(method, e);
    }
  }

  /** Collects the answers; no event was asked for. */
  private static final class Answers implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> answers;
    private final StringBuilder text = new StringBuilder();

    Answers(BlockingQueue<JsonNode> answers) {
      this.answers = answers;
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      text.append(data);
      if (isLast) {
        try {
          answers.add(JSON.readTree(text.toString()));
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  @Override
  public void close() {
    socket.abort();
  }
}
