package gongbei.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TlsKeyGeneration;
import gongbei.codec.trust.TrustException;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.context.ClusterSecret;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import gongbei.testing.SecretFile;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.tcp.DeviceFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
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
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A node whose every secret is known to the test answers requests of all kinds, good and bad, with
 * all loggers at their most talkative; then everything that it has written or said is searched.
 */
final class SecretsTest {
  private static final String DOCUMENT = "440402199001011234";
  private static final String CLUSTER_SECRET = "the cluster's own secret";
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
  private final Map<Logger, Level> before = new LinkedHashMap<>();
  private final Map<String, String> secrets = new LinkedHashMap<>();
  private final Map<String, String> said = new LinkedHashMap<>();
  private final Map<Role, String> apiKeys = new EnumMap<>(Role.class);
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private SigningKey issuer;
  private SigningKey authority;
  private SigningKey gate;
  private byte[] credential;
  private String code;
  private Node node;

  @BeforeEach
  void listen() {
    final Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    for (final Logger each : context.getLoggerList()) {
      if (each == root || each.getLevel() != null) {
        before.put(each, each.getLevel());
        each.setLevel(Level.TRACE);
      }
    }
    final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%level %logger %msg %mdc %kvp%n%ex");
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.setOutputStream(log);
    appender.start();
    root.addAppender(appender);
  }

  @AfterEach
  void listenNoMore() {
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(appender);
    before.forEach(Logger::setLevel);
    appender.stop();
  }

  private void start() throws Exception {
    final Instant from = Instant.now().minus(DAY);
    final Instant until = Instant.now().plus(DAY);
    final KeyGeneration generation = new KeyGeneration();
    issuer = generation.generate("GD", from, until);
    authority = generation.generateAuthority("CDC", from, until);
    gate = generation.generateAuthority("Gate", from, until);
    KeyGeneration.write(issuer, "gd", directory.resolve("keys"));
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    KeyGeneration.write(gate, "gate", directory.resolve("lookups"));
    for (final String each : List.of("keys", "authorities", "lookups")) {
      knowPrivateKeys(directory.resolve(each));
    }
    final SubjectSecret secret = SubjectSecret.generate();
    final Path secretFile = directory.resolve("subject.secret");
    secret.write(secretFile);
    know("subject secret", HexFormat.of().parseHex(Files.readString(secretFile).strip()));
    credential = new DeviceFile(directory.resolve("devices")).enrol("gate-1", false).orElseThrow();
    know("device credential", credential);
    for (final Role role : Role.values()) {
      final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
      ApiKeys.add(directory.resolve("apikeys"), made.key());
      apiKeys.put(role, made.text());
      secrets.put("API key of " + role, made.text().substring("gbk-".length() + 9));
      assertFalse(made.toString().contains(secrets.get("API key of " + role)), made.toString());
    }
    final byte[] subject = secret.subject(DocumentType.MAINLAND_ID, DOCUMENT);
    know("subject", subject);
    secrets.put("document", DOCUMENT);
    secrets.put("document's end", DOCUMENT.substring(6));
    code = code(subject);
    secrets.put("code", code.substring(4, 60));
    secrets.put("code's end", code.substring(code.length() - 40));
    SecretFile.write(directory.resolve("cluster.secret"), CLUSTER_SECRET);
    secrets.put("cluster secret", CLUSTER_SECRET);
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        trustDirectory: keys
        signingKeyDirectory: keys
        authorityDirectory: authorities
        lookupDirectory: lookups
        subjectSecretFile: subject.secret
        deviceFile: devices
        maxSubjects: 100
        reloadSeconds: 1
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
        """);
    node = Node.start(NodeConfig.read(directory.resolve("node.yaml")));
    node.resources()
        .log()
        .submit(
            List.of(
                StatusCommand.SetStatus.of(Subject.of(subject, 0)).colour(Colour.GREEN).build()))
        .join();
  }

  /** Every form in which bytes may be written. */
  private void know(String what, byte[] bytes) {
    secrets.put(what + " in hexadecimal", HexFormat.of().formatHex(bytes));
    secrets.put(what + " in base64", Base64.getEncoder().withoutPadding().encodeToString(bytes));
    secrets.put(
        what + " in base64url", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    secrets.put(what + " in decimal", new BigInteger(1, bytes).toString());
  }

  private void knowPrivateKeys(Path keys) throws Exception {
    try (Stream<Path> files = Files.list(keys)) {
      for (final Path file : files.filter(each -> each.toString().endsWith(".key.pem")).toList()) {
        final List<String> lines = Files.readAllLines(file);
        for (int i = 1; i < lines.size() - 1; i++) {
          if (lines.get(i).length() > 16) {
            secrets.put(file.getFileName() + " line " + i, lines.get(i));
          }
        }
      }
    }
    for (final SigningKey key : SigningKeys.ofDirectory(keys).all()) {
      final ECPrivateKeyParameters secret = (ECPrivateKeyParameters) key.privateKey();
      secrets.put(keys.getFileName() + " scalar", secret.getD().toString(16));
      secrets.put(keys.getFileName() + " scalar in decimal", secret.getD().toString());
    }
  }

  private String code(byte[] subject) {
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, issuer)
        .issue(
            CodeClaims.of(CodeKind.PERSON, subject)
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + 600)
                .build());
  }

  private String send(String method, String path, String body, String authorization)
      throws Exception {
    final HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
            .header("Content-Type", "application/json")
            .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    final HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    // The code that was asked for is the answer of minting; everything else is searched.
    if (!(answer.statusCode() == 201 && path.equals("/v1/codes"))) {
      said.put(
          said.size() + " " + method + " " + answer.statusCode(),
          answer.headers().map() + "\n" + answer.body());
    }
    return answer.body();
  }

  private String bearer(Role role) {
    return "Bearer " + apiKeys.get(role);
  }

  /** A field's name is told to whoever sent it, so that no secret stands in the place of one. */
  private void ask() throws Exception {
    final String scan = "{\"checkpoint\":\"metro\",\"code\":\"" + code + "\"}";
    final String subject =
        HexFormat.of()
            .formatHex(
                node.resources()
                    .translation()
                    .orElseThrow()
                    .secret()
                    .subject(DocumentType.MAINLAND_ID, DOCUMENT));
    final String mint = "{\"subject\":\"" + subject + "\"}";
    for (final Role role : Role.values()) {
      send("POST", "/v1/scans", scan, bearer(role));
      send("POST", "/v1/codes", mint, bearer(role));
      send("PUT", "/v1/subjects/" + subject + "/status", "{}", bearer(role));
      send("GET", "/v1/ops", "", bearer(role));
      send("GET", "/metrics", "", bearer(role));
      send("GET", "/v1/audit", "", bearer(role));
      send("GET", "/v1/scans?key=" + apiKeys.get(role) + "&code=" + DOCUMENT, "", null);
      send("POST", "/v1/scans", scan, "Basic " + apiKeys.get(role));
      send("POST", "/v1/scans", scan, bearer(role) + "x");
      send("POST", "/v1/scans", scan, bearer(role).substring(0, 40));
    }
    final String key = bearer(Role.CHECKPOINT);
    send("POST", "/v1/scans", scan.substring(0, scan.length() - 3), key);
    send("POST", "/v1/scans", scan.replace("GD1:", "GD1;"), key);
    send("POST", "/v1/scans", scan.replace("metro", code), key);
    send("POST", "/v1/scans", "{\"checkpoint\":\"metro\",\"code\":[\"" + code + "\"]}", key);
    send("POST", "/v1/scans/batch", "{\"checkpoint\":\"metro\",\"codes\":[\"" + code + "\"]}", key);
    send("POST", "/v1/translations", "{\"code\":\"" + code + "\",\"target\":\"GD\"}", key);
    send(
        "POST", "/v1/translations", "{\"code\":\"" + code + "\",\"target\":\"" + code + "\"}", key);
    final String lookup =
        "{\"checkpoint\":\"metro\",\"documentType\":\"mainland-id\",\"documentNumber\":\""
            + DOCUMENT
            + "\"}";
    send("POST", "/v1/lookups", lookup, key);
    send("POST", "/v1/lookups", lookup.replace("mainland-id", DOCUMENT), key);
    send("GET", "/health/live", "", null);
    send("GET", "/health/ready", "", null);
    final URI url = URI.create("http://127.0.0.1:" + node.httpPort() + "/");
    final NodeConnection checkpoint = NodeConnection.PLAIN.showing(apiKeys.get(Role.CHECKPOINT));
    final NodeConnection bureau = NodeConnection.PLAIN.showing(apiKeys.get(Role.AUTHORITY));
    for (final String body :
        List.of(
            lookup,
            lookup.replace("mainland-id", "library-card"),
            lookup.replace(DOCUMENT, DOCUMENT.repeat(4)),
            lookup.replace("metro", "moon"))) {
      said.put(
          "lookup " + said.size(),
          new AuthorityClient(url, gate, checkpoint).post("/v1/lookups", body).body());
    }
    for (final SigningKey by : List.of(authority, gate)) {
      said.put(
          "status " + said.size(),
          new AuthorityClient(url, by, bureau)
              .put("/v1/subjects/" + subject + "/status", "{\"colour\":\"yellow\"}")
              .body());
    }
    scanByDevice(credential);
    scanByDevice(new byte[32]);
  }

  private void scanByDevice(byte[] shown) {
    try (DeviceClient device =
        new DeviceClient(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()),
            "gate-1",
            shown)) {
      said.put(
          "device",
          device.at("metro").scan(code).get(Patience.SECONDS, TimeUnit.SECONDS).toString());
      said.put(
          "device's fault",
          device.at("metro").scan(code + "!").get(Patience.SECONDS, TimeUnit.SECONDS).toString());
      describe("device itself", device);
    } catch (Exception e) {
      said.put("refused device", e.toString());
    }
  }

  /** Files that somebody has spoilt, with a secret in the very place of the fault. */
  private void spoil() throws Exception {
    final Path key;
    try (Stream<Path> files = Files.list(directory.resolve("keys"))) {
      key = files.filter(each -> each.toString().endsWith(".key.pem")).findFirst().orElseThrow();
    }
    final int before = log.toString(StandardCharsets.UTF_8).length();
    final String pem = Files.readString(key);
    Files.writeString(directory.resolve("keys/torn.pem"), pem.substring(0, pem.length() / 2));
    Files.writeString(directory.resolve("authorities/odd.pem"), pem.replaceFirst("\nM", "\n*M"));
    Files.writeString(
        directory.resolve("apikeys"), apiKeys.get(Role.OPERATOR) + " is the operator's\n");
    Files.writeString(
        directory.resolve("devices"), "gate-1 " + HexFormat.of().formatHex(credential) + "\n");
    for (final String spoilt : List.of("torn.pem", "odd.pem", "apikeys", "devices")) {
      Patience.await(
          spoilt + " is met",
          () -> log.toString(StandardCharsets.UTF_8).substring(before).contains(spoilt));
    }
    for (final String config :
        List.of(
            "signingToken: {library: x, token: t, pin: \"" + DOCUMENT + "\"}\n",
            "subjectSecretFile: [" + DOCUMENT + "]\n",
            "signingToken: {library: x, token: t, pinFile: p, keys: {a: " + DOCUMENT + "}}\n",
            "apiKey: " + apiKeys.get(Role.OPERATOR) + "\n",
            "region: " + DOCUMENT + "\n",
            "role: " + DOCUMENT + "\n",
            "maxSubjects: \"" + DOCUMENT + "x\"\n",
            "access: \"" + apiKeys.get(Role.OPERATOR) + "\"\n")) {
      final Path file = Files.writeString(directory.resolve("odd.yaml"), config);
      said.put(
          "config " + config.substring(0, 6) + said.size(),
          assertThrows(ConfigException.class, () -> NodeConfig.read(file)).getMessage());
    }
    SecretFile.write(directory.resolve("odd.secret"), DOCUMENT + "00\n");
    said.put(
        "odd secret",
        assertThrows(
                TrustException.class, () -> SubjectSecret.read(directory.resolve("odd.secret")))
            .getMessage());
  }

  private void describe() throws IOException {
    describe("configuration", node.config());
    describe("resources", node.resources());
    describe("border", node.resources().translation().orElseThrow());
    describe("signing keys", node.resources().signingKeys().orElseThrow());
    describe("a signing key", node.resources().signingKeys().orElseThrow().all());
    describe("devices", node.resources().devices());
    describe("node", node);
    describe("cluster secret", ClusterSecret.ofFile(directory.resolve("cluster.secret")));
    describe("connection", NodeConnection.PLAIN.showing(apiKeys.get(Role.OPERATOR)));
    final TlsKeyGeneration.TlsKey tls =
        new TlsKeyGeneration(false, Instant.now(), Instant.now().plus(DAY)).authority("CA");
    secrets.put("TLS scalar", ((ECPrivateKeyParameters) tls.privateKey()).getD().toString(16));
    describe("TLS key", tls);
  }

  private void describe(String what, Object whole) {
    said.put(what, String.valueOf(whole));
  }

  @Test
  void noSecretIsInLogMetricsHealthErrorsOrTexts() throws Exception {
    start();
    try {
      ask();
      spoil();
      describe();
    } finally {
      node.close();
    }
    assertTrue(said.size() > 60, said.keySet().toString());
    assertTrue(said.values().stream().anyMatch(each -> each.contains("gongbei_scans")));
    assertTrue(said.values().stream().anyMatch(each -> each.contains("unknown-key")));
    final String written = log.toString(StandardCharsets.UTF_8);
    assertTrue(written.contains("stays as it was"), "the spoilt files were met");
    said.put("log", written);
    for (final Map.Entry<String, String> secret : secrets.entrySet()) {
      assertTrue(secret.getValue().length() > 8, secret.getKey());
      for (final Map.Entry<String, String> each : said.entrySet()) {
        final int at =
            each.getValue()
                .toLowerCase(Locale.ROOT)
                .indexOf(secret.getValue().toLowerCase(Locale.ROOT));
        assertEquals(
            -1,
            at,
            () ->
                secret.getKey()
                    + " is in "
                    + each.getKey()
                    + ": "
                    + each.getValue()
                        .substring(
                            Math.max(0, at - 200), Math.min(each.getValue().length(), at + 80)));
      }
    }
    for (final Map.Entry<String, String> each : said.entrySet()) {
      assertFalse(
          !each.getKey().equals("log") && each.getValue().contains("\tat "),
          each.getKey() + " shows a trace");
    }
  }
}
