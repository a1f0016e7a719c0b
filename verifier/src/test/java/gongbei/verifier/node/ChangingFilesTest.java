package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.testing.Patience;
import gongbei.verifier.EcdsaIssuer;
import gongbei.verifier.ServeCommand;
import gongbei.verifier.TestNode;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceException;
import gongbei.verifier.tcp.DeviceFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node as a process of its own whose files change, lie and go bad, asked over its sockets. */
final class ChangingFilesTest {
  private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);
  private static final String TRUSTED = "unknown-subject";
  private static final String UNKNOWN = "unknown-issuer";

  @TempDir private Path directory;
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final HttpClient client = HttpClient.newHttpClient();
  private final SigningKey first = key();
  private final SigningKey second = key();
  private final List<byte[]> credentials = new ArrayList<>();
  private Path trust;
  private Process process;
  private JsonNode addresses;

  private SigningKey key() {
    return new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(10)));
  }

  private Path certificateOf(SigningKey key, String name) throws IOException {
    final Path made = KeyGeneration.writeCertificate(key, "gd", directory.resolve("made"));
    return Files.move(made, made.resolveSibling(name));
  }

  @BeforeEach
  void start() throws Exception {
    trust = Files.createDirectories(directory.resolve("trust/GD1"));
    Files.move(certificateOf(first, "a.pem"), trust.resolve("a.pem"));
    Files.move(certificateOf(second, "b.pem"), trust.resolve("b.pem"));
    for (final String device : List.of("gate-1", "gate-2", "gate-3")) {
      credentials.add(
          new DeviceFile(directory.resolve("devices")).enrol(device, false).orElseThrow());
    }
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            """
            trustDirectory: trust
            deviceFile: devices
            maxSubjects: 100
            reloadSeconds: 1
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            """);
    final List<String> command = ServeCommand.of(config, "--json");
    process =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile())
            .start();
    Patience.awaitEquals(
        true,
        () -> {
          assertTrue(process.isAlive(), this::log);
          return Files.readString(directory.resolve("out")).endsWith("\n");
        });
    addresses = TestNode.json(Files.readString(directory.resolve("out")));
  }

  @AfterEach
  void stop() throws Exception {
    process.destroyForcibly().waitFor();
  }

  private String log() {
    try {
      return Files.readString(directory.resolve("err"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private long linesWith(String... parts) {
    return log().lines().filter(line -> List.of(parts).stream().allMatch(line::contains)).count();
  }

  private String ask(HttpRequest.Builder request, String path) throws Exception {
    return client
        .send(
            request.uri(URI.create(addresses.get("http").textValue() + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  private String reasonOf(String code) throws Exception {
    final String answer =
        ask(
            HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        TestNode.json("{\"checkpoint\":\"metro\"}")
                            .<ObjectNode>deepCopy()
                            .put("code", code)
                            .toString())),
            "/v1/scans");
    return TestNode.json(answer).get("reason").textValue();
  }

  private String reasonOf(SigningKey key) throws Exception {
    final long now = Instant.now().getEpochSecond();
    return reasonOf(
        new CodeIssuer(CodeFormat.GD1, key)
            .issue(
                CodeClaims.of(CodeKind.PERSON, new byte[16])
                    .colour(Colour.GREEN)
                    .serial(new byte[8])
                    .validity(now - 1, now + 600)
                    .build()));
  }

  private int filesAtFault(String list) throws Exception {
    return ask(HttpRequest.newBuilder(), "/metrics")
        .lines()
        .filter(line -> line.startsWith("gongbei_files_at_fault{list=\"" + list + "\"}"))
        .map(line -> (int) Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsTrustedIsWhatTheFilesSayNow() throws Exception {
    assertEquals(TRUSTED, reasonOf(first));
    assertEquals(TRUSTED, reasonOf(second));

    final SigningKey third = key();
    final Path older = certificateOf(third, "older.pem");
    Files.setLastModifiedTime(older, LONG_AGO);
    Files.move(
        older,
        trust.resolve("a.pem"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
    Patience.awaitEquals(UNKNOWN, () -> reasonOf(first));
    assertEquals(TRUSTED, reasonOf(third), "a file whose time is older is a new one still");

    Files.write(trust.resolve("._b.pem"), new byte[] {0, 5, 22, 7, 0, 2, 0, 0});
    Files.createSymbolicLink(trust.resolve(".#b.pem"), Path.of("somebody@host.1234"));
    Files.writeString(trust.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA");
    Files.writeString(trust.resolve("notes.txt"), "who brought which key");
    Files.delete(trust.resolve("b.pem"));
    Patience.awaitEquals(UNKNOWN, () -> reasonOf(second));
    assertEquals(TRUSTED, reasonOf(third), "one file at fault leaves the others");
    Patience.awaitEquals(1, () -> filesAtFault("trust"));
    assertEquals(1, linesWith("WARN", "Left out of the trust list", "torn.pem can't be read"));
    assertEquals(1, linesWith("WARN", "Not read for the trust list", "notes.txt"));
    assertEquals(0, linesWith("b.pem"));

    Files.write(trust.resolve("torn.pem"), Files.readAllBytes(certificateOf(second, "b.crt")));
    Patience.awaitEquals(TRUSTED, () -> reasonOf(second));
    Patience.awaitEquals(0, () -> filesAtFault("trust"));
    Files.writeString(trust.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nBBBB");
    Patience.awaitEquals(UNKNOWN, () -> reasonOf(second));
    assertEquals(0, linesWith("\tat "));
  }

  @Test
  void codesOnOtherCurvesAreVerifiedByTheHashThatTheyName() throws Exception {
    for (final String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
      final EcdsaIssuer issuer = new EcdsaIssuer(curve, "DE");
      final String byEs256 = issuer.code(SignatureAlgorithm.ES256);
      assertEquals(UNKNOWN, reasonOf(byEs256));
      Files.write(trust.resolveSibling(curve + ".der"), issuer.certificate());
      Patience.awaitEquals("ok", () -> reasonOf(byEs256));
      assertEquals("ok", reasonOf(issuer.code(SignatureAlgorithm.ES384)));
      assertEquals("ok", reasonOf(issuer.code(SignatureAlgorithm.ES512)));
    }
    final String issuers = ask(HttpRequest.newBuilder(), "/v1/issuers");
    for (final String algorithm : List.of("SM2", "ES256", "ES384", "ES512")) {
      assertTrue(issuers.contains("\"" + algorithm + "\""), issuers);
    }
  }

  private boolean isLetIn(int device) throws IOException {
    final String[] address = addresses.get("devices").textValue().split(":", 2);
    try (DeviceClient scanner =
        new DeviceClient(
            new InetSocketAddress(address[0], Integer.parseInt(address[1])),
            "gate-" + (device + 1),
            credentials.get(device))) {
      return !scanner.rulesets().isEmpty();
    } catch (DeviceException.Disconnected e) {
      return false;
    }
  }

  /** Puts another text in a file's place at once: one that is being written may be read half. */
  private static void replace(Path file, String text) throws IOException {
    final Path next = file.resolveSibling("." + file.getFileName() + ".next");
    Files.copy(file, next, StandardCopyOption.COPY_ATTRIBUTES);
    Files.writeString(next, text);
    Files.setLastModifiedTime(next, LONG_AGO);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aDeviceThatIsTakenOutOfItsFileIsShutOutBesideALineAtFault() throws Exception {
    for (int i = 0; i < credentials.size(); i++) {
      assertTrue(isLetIn(i));
    }
    final Path devices = directory.resolve("devices");
    final List<String> lines = new ArrayList<>(Files.readAllLines(devices));
    lines.removeIf(line -> line.startsWith("gate-1 "));
    lines.replaceAll(line -> line.startsWith("gate-2 ") ? "gate-2 is this line" : line);
    replace(devices, String.join("\n", lines) + "\n");
    Patience.awaitEquals(false, () -> isLetIn(0));
    assertEquals(false, isLetIn(1), "what can't be read lets nobody in");
    assertTrue(isLetIn(2));
    Patience.awaitEquals(1, () -> filesAtFault("devices"));
    assertEquals(1, linesWith("WARN", "Left out of the list of devices", "devices line "));

    replace(devices, "no line of this is a device\n");
    Patience.awaitEquals(1L, () -> linesWith("WARN", "The list of devices stays as it was"));
    assertTrue(isLetIn(2), "a file of which nothing can be read is no list of devices");
    assertTrue(filesAtFault("devices") > 0);
  }
}
