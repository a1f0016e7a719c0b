package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Region;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.util.Locale;

/**
 * One holder's way across the border, over HTTP as they would go: their region's code in their hand
 * is all that the other region learns.
 *
 * @param from the region that they leave
 * @param to the region that they enter
 * @param checkpoint where they show the new code
 * @param translation what the other region's node answered
 * @param verdict what its checkpoint answered
 */
record DemoCrossing(
    Region from, Region to, String checkpoint, JsonNode translation, JsonNode verdict)
    implements DemoScene {
  /** Takes a region's first resident across. */
  static DemoCrossing of(DemoTraffic traffic, Node home, Node abroad) throws InterruptedException {
    final Region from = home.config().region();
    final Region to = abroad.config().region();
    final NodeHttp node = NodeHttp.ofAnyone(URI.create("http://127.0.0.1:" + abroad.httpPort()));
    final JsonNode translation =
        node.post(
            "/v1/translations",
            JsonNodeFactory.instance
                .objectNode()
                .put("code", traffic.freshCode(CodeFormat.of(from)))
                .put("target", to.wireName()));
    final String checkpoint =
        to == Region.MACAU ? "border-to-macau/gongbei" : "border-to-guangdong/gongbei";
    final JsonNode verdict = DemoScan.of(node, translation.path("code").asText(), checkpoint);
    return new DemoCrossing(from, to, checkpoint, translation, verdict);
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("crossing")
        .put("from", from.wireName())
        .put("to", to.wireName())
        .put("checkpoint", checkpoint)
        .<ObjectNode>set("translation", translation)
        .set("verdict", verdict);
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "A traveller from %s asks %s's node for a code: %s, by %s, receipt %d.%n"
            + "  %s says %s: %s%n  %s",
        from,
        to,
        translation.path("colour").asText(),
        translation.path("table").asText(),
        translation.path("receipt").asLong(),
        checkpoint,
        verdict.path("verdict").asText(),
        verdict.path("reason").asText(),
        translation.path("code").asText());
  }
}
