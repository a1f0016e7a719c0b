package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.config.Limits;
import gongbei.verifier.node.Node;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import gongbei.verifier.offline.PackException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A vehicle that takes a pack with it and evaluates without a network.
 *
 * @param packBytes the bytes of the pack
 * @param verdict what it says of a code
 */
record DemoVehicle(int packBytes, OfflineVerdict verdict) implements DemoScene {
  /** Fetches a pack over HTTP and evaluates a code by it alone. */
  static DemoVehicle of(DemoTraffic traffic, Node node, SigningKey region, SigningKey checkpoint)
      throws InterruptedException {
    final byte[] pack =
        NodeHttp.ofAuthority(URI.create("http://127.0.0.1:" + node.httpPort()), checkpoint)
            .postSignedForBytes(
                "/v1/packs",
                JsonNodeFactory.instance
                    .objectNode()
                    .put("lifeSeconds", Limits.DEFAULT_PACK_SECONDS));
    final OfflineCheckpoint vehicle =
        new OfflineCheckpoint(
            new TrustList(List.of(region.issuerKey())), CodeInput::nowEpochSeconds);
    try {
      vehicle.take(pack);
      return new DemoVehicle(
          pack.length,
          vehicle.judge(
              "metro/bus-7",
              traffic.freshCode(CodeFormat.GD1).getBytes(StandardCharsets.US_ASCII)));
    } catch (PackException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("vehicle")
        .put("packBytes", packBytes)
        .put("verdict", verdict.verdict().wireName())
        .put("reason", verdict.reason().wireName());
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "A bus without a network has a pack of %,d bytes, %d s old: %s, %s.",
        packBytes,
        verdict.packAgeSeconds(),
        verdict.verdict().wireName(),
        verdict.reason().wireName());
  }
}
