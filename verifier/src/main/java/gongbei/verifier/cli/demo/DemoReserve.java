package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.config.Limits;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The reserve codes of a wallet through an outage of minting: an authority says that it is
 * degraded, and that it is restored.
 *
 * @param url of the node
 * @param codes how many the wallet keeps
 * @param verdicts what a checkpoint said of one while codes were minted, in the outage, once more,
 *     and of another one after it
 */
record DemoReserve(URI url, int codes, List<JsonNode> verdicts) implements DemoScene {
  private static final String CHECKPOINT = "metro/tiyu-xilu";
  private static final int CODES = 6;
  private static final int LEAST_SECONDS_LEFT = 60;

  /** Fetches two wallets' strips and scans their first codes, over HTTP. */
  static DemoReserve of(Node node, SigningKey authority) throws InterruptedException {
    final URI url = URI.create("http://127.0.0.1:" + node.httpPort());
    final NodeHttp http = NodeHttp.ofAuthority(url, authority);
    final JsonNode strip = strip(http, DemoTraffic.subject(CodeFormat.GD1, 0));
    final String first = strip.path(0).asText();
    final String other = strip(http, DemoTraffic.subject(CodeFormat.GD1, 1)).path(0).asText();
    final JsonNode before = DemoScan.of(http, first, CHECKPOINT);
    final JsonNode unused = http.put("/v1/minting", state("degraded"));
    final JsonNode during = DemoScan.of(http, first, CHECKPOINT);
    final JsonNode again = DemoScan.of(http, first, CHECKPOINT);
    final JsonNode unusedEnd = http.put("/v1/minting", state("normal").put("marginSeconds", 0));
    final JsonNode after = DemoScan.of(http, other, CHECKPOINT);
    return new DemoReserve(url, strip.size(), List.of(before, during, again, after));
  }

  private static JsonNode strip(NodeHttp http, Subject holder) throws InterruptedException {
    return http.post(
            "/v1/codes",
            JsonNodeFactory.instance
                .objectNode()
                .put("subject", holder.toHex())
                .put("reserve", CODES)
                .put("reserveSeconds", seconds(CodeInput.nowEpochSeconds())))
        .at("/reserve/codes");
  }

  /** A life by which the first code, which lies on the grid of all, outlasts the scene. */
  private static int seconds(long now) {
    int seconds = Limits.MAX_RESERVE_SECONDS;
    while (seconds - now % seconds < LEAST_SECONDS_LEFT) {
      seconds--;
    }
    return seconds;
  }

  private static ObjectNode state(String state) {
    return JsonNodeFactory.instance.objectNode().put("state", state);
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("reserve")
        .put("codes", codes)
        .set("verdicts", JsonNodeFactory.instance.arrayNode().addAll(verdicts));
    return line;
  }

  @Override
  public String inWords() {
    final Object[] said =
        verdicts.stream()
            .map(each -> each.path("verdict").asText() + ", " + each.path("reason").asText())
            .toArray();
    return String.format(
        Locale.ROOT,
        "A wallet keeps %d reserve codes. One while codes are minted: %s; once minting is degraded:"
            + " %s; once more: %s. Another one after minting is restored: %s.",
        codes,
        said[0],
        said[1],
        said[2],
        said[3]);
  }

  /**
   * What to type to have an outage.
   *
   * @param keys where the demo has written its keys; empty where it has not
   */
  String advice(Optional<Path> keys) {
    final String given = keys.map(Path::toString).orElse("DIR");
    return String.format(
        Locale.ROOT,
        "To have an outage yourself, and see the reserve code below pass, once%s:%n"
            + "  gongbei minting degraded --url %s --authority-keys %s%n"
            + "  gongbei minting restored --url %s --authority-keys %s",
        keys.isPresent() ? "" : ", start the demo with --keys DIR",
        url,
        Path.of(given, DemoCommand.AUTHORITY_KEYS),
        url,
        Path.of(given, DemoCommand.AUTHORITY_KEYS));
  }
}
