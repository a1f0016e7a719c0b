package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * A child on the phone of their guardian, who is the region's first resident.
 *
 * @param url of the node
 * @param guardian who shows the code
 * @param ward whose it is
 * @param verdict what a checkpoint said of it
 */
record DemoFamily(URI url, Subject guardian, Subject ward, JsonNode verdict) implements DemoScene {
  private static final int WARD = 1;
  private static final int TESTED_MINUTES_AGO = 60;

  /** Links the two, gets the ward's code by the guardian's and scans it, over HTTP. */
  static DemoFamily of(DemoTraffic traffic, Node node, SigningKey authority)
      throws InterruptedException {
    final URI url = URI.create("http://127.0.0.1:" + node.httpPort());
    final Subject ward = DemoTraffic.subject(CodeFormat.GD1, WARD);
    final int sample = (int) (CodeInput.nowEpochSeconds() / 60) - TESTED_MINUTES_AGO;
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(ward)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, sample)
                    .build()))
        .join();
    final NodeHttp http = NodeHttp.ofAuthority(url, authority);
    final JsonNode unused =
        http.put(
            "/v1/subjects/" + ward.toHex() + "/guardians",
            JsonNodeFactory.instance.objectNode().put("code", traffic.freshCode(CodeFormat.GD1)));
    final JsonNode minted =
        http.post(
            "/v1/codes",
            JsonNodeFactory.instance
                .objectNode()
                .put("subject", ward.toHex())
                .put("guardian", traffic.freshCode(CodeFormat.GD1)));
    return new DemoFamily(
        url,
        DemoTraffic.subject(CodeFormat.GD1, 0),
        ward,
        DemoScan.of(http, minted.path("code").asText(), "metro/tiyu-xilu"));
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("family")
        .put("guardian", guardian.toHex())
        .put("ward", ward.toHex())
        .set("verdict", verdict);
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "A guardian shows a child's code on their own phone: %s, %s. The wallet has a button for"
            + " the child:%n  %s/wallet#subject=%s",
        verdict.path("verdict").asText(),
        verdict.path("reason").asText(),
        url,
        guardian.toHex());
  }
}
