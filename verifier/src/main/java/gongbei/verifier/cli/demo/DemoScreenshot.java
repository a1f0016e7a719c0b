package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A screenshot that is passed on: one code at two gates of a place whose rules look for that.
 *
 * @param first what the first gate was told
 * @param second what the second was told
 */
record DemoScreenshot(JsonNode first, JsonNode second) implements DemoScene {
  private static final int WAIT_MILLIS = 10;
  private static final int MAX_WAITS = 500;

  /** Puts the rules in the log and shows a code at two gates, over HTTP. */
  static DemoScreenshot of(DemoTraffic traffic, Node node, SigningKey authority)
      throws InterruptedException {
    final NodeHttp http =
        NodeHttp.ofAuthority(URI.create("http://127.0.0.1:" + node.httpPort()), authority);
    final ObjectNode rules = JsonNodeFactory.instance.objectNode().put("version", 1);
    rules.putArray("allowedColours").add("green");
    final JsonNode unused = http.put("/v1/rulesets/stadium", rules.put("replays", "hold"));
    for (int i = 0;
        i < MAX_WAITS && node.resources().rulesets().current().find("stadium") == null;
        i++) {
      TimeUnit.MILLISECONDS.sleep(WAIT_MILLIS);
    }
    final String code = traffic.freshCode(CodeFormat.GD1);
    return new DemoScreenshot(
        DemoScan.of(http, code, "stadium/north"), DemoScan.of(http, code, "stadium/south"));
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("screenshot").<ObjectNode>set("first", first).set("second", second);
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "A code is shown at the stadium's north gate: %s; its screenshot at the south gate: %s, %s.",
        first.path("verdict").asText(),
        second.path("verdict").asText(),
        second.path("reason").asText());
  }
}
