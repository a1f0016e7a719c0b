package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.tcp.DeviceFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that runs on while the files that it works by change under it. */
final class NodeReloadTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Subject HOLDER = new Subject(1, 2);

  @TempDir private Path directory;
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final Instant until = from.plus(Duration.ofDays(10));
  private final SigningKey first = key("GD", from);
  private final HttpClient client = HttpClient.newHttpClient();
  @AutoClose private Node node;
  private byte[] credential;

  private SigningKey key(String issuer, Instant validFrom) {
    return new KeyGeneration().generate(issuer, validFrom, until);
  }

  @BeforeEach
  void start() throws Exception {
    KeyGeneration.write(first, "gd", directory.resolve("trust"));
    KeyGeneration.write(first, "gd", directory.resolve("signing"));
    Files.createDirectories(directory.resolve("authorities"));
    Files.createDirectories(directory.resolve("rules"));
    writeRules(1, 72);
    Files.writeString(directory.resolve("devices"), "# none yet\n");
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        trustDirectory: trust
        signingKeyDirectory: signing
        authorityDirectory: authorities
        rulesetDirectory: rules
        deviceFile: devices
        maxSubjects: 100
        reloadSeconds: 1
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        """);
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(HOLDER)
                    .colour(Colour.GREEN)
                    .test(TestResult.NEGATIVE, minutes - 120)
                    .build()))
        .join();
  }

  private void writeRules(int version, int testWithinHours) throws IOException {
    Files.writeString(
        directory.resolve("rules/metro.yaml"),
        "name: metro\nversion: "
            + version
            + "\nallowedColours: [green]\ntestWithinHours: "
            + testWithinHours
            + "\n");
  }

  private URI http(String path) {
    return URI.create("http://127.0.0.1:" + node.httpPort() + path);
  }

  private JsonNode post(String path, String body) throws Exception {
    return JSON.readTree(
        client
            .send(
                HttpRequest.newBuilder(http(path))
                    .header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  private String verdictOf(String code) throws Exception {
    final JsonNode answer =
        post(
            "/v1/scans",
            JSON.createObjectNode().put("checkpoint", "metro").put("code", code).toString());
    return answer.get("reason").textValue() + " by " + answer.get("ruleset").textValue();
  }

  private static String codeBy(SigningKey key) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, HOLDER.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + 3_600)
                .build());
  }

  @Test
  void keysRulesAndDevicesAreTakenUpWithoutARestart() throws Exception {
    final SigningKey second = key("GD", from.plusSeconds(3_600));
    final String oldCode = codeBy(first);
    final String newCode = codeBy(second);
    assertEquals("ok by metro@1", verdictOf(oldCode));
    assertEquals("unknown-issuer by metro@1", verdictOf(newCode));

    KeyGeneration.write(second, "gd", directory.resolve("trust"));
    Patience.awaitEquals("ok by metro@1", () -> verdictOf(newCode));
    assertEquals("ok by metro@1", verdictOf(oldCode), "both keys hold while the one takes over");

    KeyGeneration.write(second, "gd", directory.resolve("signing"));
    final String minting = "{\"subject\":\"" + HOLDER.toHex() + "\"}";
    Patience.awaitEquals(second.issuerKey().kidHex(), () -> kidOf(post("/v1/codes", minting)));

    Files.delete(directory.resolve("trust/GD1/gd-" + first.issuerKey().kidHex() + ".cert.pem"));
    Patience.awaitEquals("unknown-issuer by metro@1", () -> verdictOf(oldCode));
    assertEquals("ok by metro@1", verdictOf(newCode));

    writeRules(2, 1);
    Patience.awaitEquals("test-too-old by metro@2", () -> verdictOf(newCode));

    final SigningKey authority = new KeyGeneration().generateAuthority("Bureau", from, until);
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    final AuthorityClient bureau = new AuthorityClient(http("/"), authority);
    Patience.awaitEquals(
        200,
        () ->
            bureau
                .put("/v1/subjects/" + HOLDER.toHex() + "/status", "{\"colour\":\"red\"}")
                .statusCode());
    assertEquals("red by metro@2", verdictOf(newCode));

    credential = new DeviceFile(directory.resolve("devices")).enrol("gate-1", false).orElseThrow();
    Patience.awaitEquals(true, this::deviceIsLetIn);
  }

  private static String kidOf(JsonNode minted) {
    final byte[] text = minted.get("code").textValue().getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(text, 0, text.length), code.explanation());
    return HexFormat.of().toHexDigits(code.cose().kid());
  }

  private boolean deviceIsLetIn() throws IOException {
    try (DeviceClient device =
        new DeviceClient(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()),
            "gate-1",
            credential)) {
      return !device.rulesets().isEmpty();
    } catch (DeviceException.Disconnected e) {
      return false;
    }
  }

  /** Waits until the node has taken up a new authority, as it does when it looks at its files. */
  private void awaitAnotherLook() throws Exception {
    final SigningKey authority = new KeyGeneration().generateAuthority("Bureau", from, until);
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    final AuthorityClient bureau = new AuthorityClient(http("/"), authority);
    final String other = "/v1/subjects/" + "0f".repeat(16) + "/status";
    Patience.awaitEquals(200, () -> bureau.put(other, "{\"colour\":\"green\"}").statusCode());
  }

  @Test
  void filesAtFaultLeaveWhatWasInForce() throws Exception {
    final String code = codeBy(first);
    Files.writeString(directory.resolve("trust/torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA");
    Files.writeString(directory.resolve("signing/torn.pem"), "nothing of PEM");
    Files.writeString(directory.resolve("rules/metro.yaml"), "name: metro\nversion: [\n");
    Files.writeString(directory.resolve("devices"), "gate-1 zz\n");
    awaitAnotherLook();
    awaitAnotherLook();
    assertEquals("ok by metro@1", verdictOf(code));
    assertEquals(
        first.issuerKey().kidHex(),
        kidOf(post("/v1/codes", "{\"subject\":\"" + HOLDER.toHex() + "\"}")));

    Files.delete(directory.resolve("trust/torn.pem"));
    KeyGeneration.write(key("MO", from), "mo", directory.resolve("trust"));
    Patience.awaitEquals(2, () -> node.resources().trust().current().size());
    assertEquals("ok by metro@1", verdictOf(code), "one list at fault holds up no other");
  }
}
