package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.util.Locale;

/**
 * A tour group of a demo: one code for the first residents of a region, and what a scan of it says.
 *
 * @param made what the node answered
 * @param verdict what its checkpoint answered
 */
record DemoGroup(JsonNode made, JsonNode verdict) implements DemoScene {
  private static final int MEMBERS = 40;

  /** Makes a group's code and scans it, over HTTP. */
  static DemoGroup of(Node node, SigningKey authority) throws InterruptedException {
    final CodeFormat region = CodeFormat.of(node.config().region());
    final NodeHttp http =
        NodeHttp.ofAuthority(URI.create("http://127.0.0.1:" + node.httpPort()), authority);
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ArrayNode members = body.putArray("members");
    for (int i = 0; i < MEMBERS; i++) {
      members.add(DemoTraffic.subject(region, i).toHex());
    }
    final JsonNode made = http.postSigned("/v1/groups", body);
    final JsonNode verdict = DemoScan.of(http, made.path("code").asText(), "metro/tiyu-xilu");
    return new DemoGroup(made, verdict);
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("group").<ObjectNode>set("made", made).set("verdict", verdict);
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "A tour group of %d shows one code: %s, %s; %s, not passing: members %s.",
        made.path("size").asInt(),
        verdict.path("verdict").asText(),
        verdict.path("reason").asText(),
        verdict.path("group").path("colours"),
        verdict.path("group").path("heldUpBy"));
  }
}
