package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two venues and their visitor: one has put up a printed code and shows a PIN at its door, the
 * other has a screen, whose code and word change each minute.
 *
 * @param url of the node
 * @param printed the printed code
 * @param licence by which the screen has its codes
 * @param screen what the screen showed
 * @param visits what the visitor's phone was told of the printed code, of the screen's, and of a
 *     photograph of the screen
 */
record DemoVenue(URI url, String printed, String licence, JsonNode screen, List<JsonNode> visits)
    implements DemoScene {
  private static final String PIN = "2580";
  private static final String DOOR = "Gongbei Port, entrance A";
  private static final String HOSPITAL = "First Hospital";
  private static final int MINUTES_LATE = 2;

  /** Issues both venues' codes and visits them, over HTTP. */
  static DemoVenue of(DemoTraffic traffic, Node node, SigningKey region)
      throws InterruptedException {
    final URI url = URI.create("http://127.0.0.1:" + node.httpPort());
    final NodeHttp http = NodeHttp.ofAnyone(url);
    final String printed = issued(http, venue("metro", DOOR).put("pin", PIN));
    final String licence = issued(http, venue("hospital", HOSPITAL).put("form", "screen"));
    final JsonNode screen =
        http.post(
            "/v1/venues/codes", JsonNodeFactory.instance.objectNode().put("licence", licence));
    return new DemoVenue(
        url,
        printed,
        licence,
        screen,
        List.of(
            http.post("/v1/visits", visit(traffic, printed).put("pin", PIN)),
            http.post("/v1/visits", visit(traffic, screen.path("code").asText())),
            http.post("/v1/visits", visit(traffic, photograph(region)))));
  }

  private static ObjectNode venue(String checkpoint, String place) {
    return JsonNodeFactory.instance.objectNode().put("checkpoint", checkpoint).put("place", place);
  }

  private static String issued(NodeHttp http, ObjectNode venue) throws InterruptedException {
    return http.post("/v1/venues", venue).path("code").asText();
  }

  private static ObjectNode visit(DemoTraffic traffic, String venue) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", traffic.freshCode(CodeFormat.GD1))
        .put("venue", venue);
  }

  /** The code that a screen has shown a while ago, which nobody waits for here. */
  private static String photograph(SigningKey region) {
    final long shown =
        CodeInput.nowEpochSeconds() - (long) MINUTES_LATE * VenueLimits.VENUE_CODE_SECONDS;
    return new CodeIssuer(CodeFormat.GD1, region)
        .issue(
            CodeClaims.of(CodeKind.VENUE, new byte[CodeLimits.SUBJECT_BYTES])
                .venue(
                    new Venue("hospital", HOSPITAL, "hospital", VenueForm.SCREEN, Optional.empty()))
                .serial(new byte[CodeLimits.SERIAL_BYTES])
                .validity(
                    shown,
                    shown + VenueLimits.VENUE_CODE_SECONDS + VenueLimits.VENUE_CODE_MARGIN_SECONDS)
                .build());
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("venues")
        .put("printed", printed)
        .put("pin", PIN)
        .put("licence", licence)
        .<ObjectNode>set("screen", screen)
        .set("visits", JsonNodeFactory.instance.arrayNode().addAll(visits));
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "%s has put up a code and shows the PIN %s: a visitor's phone says %s, word %s. Paste it"
            + " under Visit of the wallet:%n  %s%n"
            + "%s has a screen with a code and the word %s: a visitor's phone says %s, word %s; of a"
            + " photograph of the screen, %d minutes later, %s.%n"
            + "  Open %s/venue, paste this licence, and see who visits:%n  %s",
        DOOR,
        PIN,
        verdict(0),
        visits.get(0).path("word").asText(),
        printed,
        HOSPITAL,
        screen.path("word").asText(),
        verdict(1),
        visits.get(1).path("word").asText(),
        MINUTES_LATE,
        verdict(2),
        url,
        licence);
  }

  private String verdict(int visit) {
    final JsonNode said = visits.get(visit);
    return said.path("verdict").asText() + ", " + said.path("reason").asText();
  }
}
