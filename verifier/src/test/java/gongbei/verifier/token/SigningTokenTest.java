package gongbei.verifier.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TokenException;
import gongbei.codec.trust.TokenKey;
import gongbei.codec.trust.TrustException;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.Prerequisite;
import gongbei.testing.SecretFile;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.config.TokenConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.Provider;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Keys that a PKCS#11 token holds: SoftHSM 2, through a node's whole configuration. */
final class SigningTokenTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path LIBRARY = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final Path TOOL = Path.of("/usr/bin/softhsm2-util");
  private static final String PIN = "731904";
  private static final String OPERATOR_PIN = "55081243";
  private static final Subject HOLDER = new Subject(1, 2);

  @TempDir private Path directory;
  private final Instant from = Instant.now().minus(Duration.ofDays(1));
  private final Instant until = from.plus(Duration.ofDays(10));
  private final HttpClient client = HttpClient.newHttpClient();

  /** The library reads its configuration once in a process, so that all tokens are made first. */
  @BeforeAll
  static void makeTokens() throws Exception {
    Prerequisite.require(
        Files.isExecutable(TOOL) && Files.isReadable(LIBRARY),
        "softhsm2 is missing, so that keys in a token can't be tested");
    final Path settings = Path.of(System.getenv("SOFTHSM2_CONF"));
    final Path tokens = settings.resolveSibling("tokens");
    deleteAll(tokens);
    Files.createDirectories(tokens);
    Files.writeString(settings, "directories.tokendir = " + tokens + "\nlog.level = ERROR\n");
    for (final String label : List.of("gongbei-mo", "locked", "twin", "twin")) {
      tool("--init-token", "--free", "--label", label, "--so-pin", OPERATOR_PIN, "--pin", PIN);
    }
  }

  private static void deleteAll(Path root) throws IOException {
    if (Files.exists(root)) {
      try (Stream<Path> found = Files.walk(root)) {
        for (final Path each : found.sorted((a, b) -> b.compareTo(a)).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private static void tool(String... arguments) throws Exception {
    final List<String> command = new ArrayList<>(List.of(TOOL.toString()));
    command.addAll(List.of(arguments));
    final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    final String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), told);
  }

  private Path pinFile(String pin) throws IOException {
    return SecretFile.write(directory.resolve("pin"), pin + "\n");
  }

  private TokenConfig config(String token, String... keys) throws IOException {
    return new TokenConfig(LIBRARY, token, List.of(keys), pinFile(PIN), null);
  }

  private static String refusal(TokenConfig config) {
    return assertThrows(TrustException.class, () -> SigningToken.keysOf(config)).getMessage();
  }

  private static String label() {
    return "key-" + System.nanoTime();
  }

  private SigningKey made(String label) throws Exception {
    return SigningToken.open(config("gongbei-mo")).generate(label, "MO", null, from, until);
  }

  private static String run(int expected, String... arguments) {
    final StringWriter told = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(told));
    line.setErr(new PrintWriter(told));
    assertEquals(expected, line.execute(arguments), told.toString());
    assertFalse(told.toString().contains("\tat "), told.toString());
    return told.toString();
  }

  /** Puts a key into a token as another's tool would: any key, with any certificate. */
  private void put(String label, KeyPair pair, KeyPair certified, String attributes)
      throws Exception {
    final Provider provider =
        Security.getProvider("SunPKCS11")
            .configure(
                "--name=test"
                    + System.nanoTime()
                    + "\nlibrary="
                    + LIBRARY
                    + "\nslotListIndex="
                    + TokenSlots.of(LIBRARY).labels().indexOf("gongbei-mo")
                    + "\n"
                    + attributes);
    final KeyStore store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, PIN.toCharArray());
    final X500Name name = new X500Name("C=MO,CN=" + label);
    final String algorithm =
        certified.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    final byte[] der =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(from),
                Date.from(until),
                name,
                certified.getPublic())
            .build(new JcaContentSignerBuilder(algorithm).build(certified.getPrivate()))
            .getEncoded();
    final Certificate certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    store.setKeyEntry(label, pair.getPrivate(), null, new Certificate[] {certificate});
  }

  private static KeyPair pair(String algorithm, String curve) throws Exception {
    final KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (curve == null) {
      generator.initialize(2_048);
    } else {
      generator.initialize(new ECGenParameterSpec(curve));
    }
    return generator.generateKeyPair();
  }

  private JsonNode post(Node node, String path, String body) throws Exception {
    final HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.statusCode() < 300, answer.body());
    return JSON.readTree(answer.body());
  }

  @Test
  void aNodeMintsAndSignsItsAuditLogByAKeyThatNeverLeavesItsToken() throws Exception {
    final String label = label();
    pinFile(PIN);
    final Path token =
        Files.writeString(
            directory.resolve("token.yaml"),
            "library: " + LIBRARY + "\ntoken: gongbei-mo\nkeys: [" + label + "]\npinFile: pin\n");
    final Path trust = directory.resolve("trust");
    run(
        0,
        "keygen",
        "--region",
        "MO",
        "--token",
        token.toString(),
        "--label",
        label,
        "--out",
        trust.toString());
    final SigningKey guangdong = new KeyGeneration().generate("GD", from, until);
    KeyGeneration.write(guangdong, "gd", directory.resolve("other"));
    Files.copy(
        directory.resolve("other/GD1/gd-" + guangdong.issuerKey().kidHex() + ".cert.pem"),
        Files.createDirectory(trust.resolve("GD1")).resolve("gd.pem"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: MO
        trustDirectory: trust
        subjectSecretFile: subject.secret
        maxSubjects: 100
        translation: {auditFile: audit.jsonl}
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        signingToken:
        """
            + Files.readString(token).indent(2));
    try (Node node = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
      final int minutes = (int) (Instant.now().getEpochSecond() / 60);
      node.resources()
          .log()
          .submit(
              List.of(
                  StatusCommand.SetStatus.of(HOLDER)
                      .colour(Colour.GREEN)
                      .test(TestResult.NEGATIVE, minutes - 60)
                      .doses(2)
                      .build()))
          .join();
      final String code =
          post(node, "/v1/codes", "{\"subject\":\"" + HOLDER.toHex() + "\"}")
              .get("code")
              .textValue();
      assertEquals("ok", scanned(node, code));
      final long now = Instant.now().getEpochSecond();
      final String crossing =
          new CodeIssuer(CodeFormat.GD1, guangdong)
              .issue(
                  CodeClaims.of(CodeKind.PERSON, new byte[16])
                      .colour(Colour.GREEN)
                      .serial(new byte[8])
                      .validity(now, now + 60)
                      .build());
      final String translated =
          post(node, "/v1/translations", "{\"code\":\"" + crossing + "\",\"target\":\"MO\"}")
              .get("code")
              .textValue();
      assertTrue(scanned(node, translated).matches("ok|test-missing"), scanned(node, translated));
      final SigningKey held = node.resources().signingKeys().orElseThrow().all().get(0);
      assertTrue(held.privateKey() instanceof TokenKey);
    }
    final String audit =
        run(
            0,
            "audit",
            "verify",
            "--trust",
            trust.toString(),
            directory.resolve("audit.jsonl").toString());
    assertTrue(audit.contains("1 receipt"), audit);
    final String issued =
        run(0, "issue", "--keys", token.toString(), "--format", "MO1", "--subject", HOLDER.toHex());
    assertTrue(issued.startsWith("MO1:"), issued);
    for (final Path file : List.of(directory.resolve("node.yaml"), token)) {
      assertFalse(Files.readString(file).contains(PIN));
    }
  }

  private String scanned(Node node, String code) throws Exception {
    return post(
            node,
            "/v1/scans",
            JSON.createObjectNode().put("checkpoint", "metro").put("code", code).toString())
        .get("reason")
        .textValue();
  }

  @Test
  void anAuthoritySignsItsChangesByAKeyInAToken() throws Exception {
    final String label = label();
    final SigningKey made =
        SigningToken.open(config("gongbei-mo")).generate(label, null, "CDC", from, until);
    final Path authorities = directory.resolve("authorities");
    KeyGeneration.writeCertificate(made, "authority", authorities);
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        authorityDirectory: authorities
        maxSubjects: 100
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        """);
    final SigningKey held = SigningToken.keysOf(config("gongbei-mo", label)).get(0);
    assertEquals(made, held);
    try (Node node = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
      final URI url = URI.create("http://127.0.0.1:" + node.httpPort() + "/");
      final String path = "/v1/subjects/" + HOLDER.toHex() + "/status";
      final String body = "{\"colour\":\"green\"}";
      assertEquals(200, new AuthorityClient(url, held).put(path, body).statusCode());
      final SigningKey stranger = SigningToken.keysOf(config("gongbei-mo", stranger())).get(0);
      assertEquals(403, new AuthorityClient(url, stranger).put(path, body).statusCode());
    }
  }

  private String stranger() throws Exception {
    final String label = label();
    SigningToken.open(config("gongbei-mo")).generate(label, null, "Nobody", from, until);
    return label;
  }

  @Test
  void whatIsWrongWithATokenIsToldByTheSettingAtFault() throws Exception {
    final Path none = directory.resolve("none.so");
    assertEquals(
        "library " + none + " does not exist",
        refusal(new TokenConfig(none, "gongbei-mo", List.of("a"), pinFile(PIN), null)));
    final Path text = Files.writeString(directory.resolve("text.so"), "no library");
    assertEquals(
        "library " + text + " can't be loaded",
        refusal(new TokenConfig(text, "gongbei-mo", List.of("a"), pinFile(PIN), null)));
    final Path other;
    try (Stream<Path> found = Files.list(Path.of("/usr/lib/x86_64-linux-gnu"))) {
      other =
          found
              .filter(f -> f.getFileName().toString().matches("libz\\.so.*"))
              .findFirst()
              .orElse(null);
    }
    if (other != null) {
      assertEquals(
          "library " + other + " is not of PKCS#11: it has no C_Initialize",
          refusal(new TokenConfig(other, "gongbei-mo", List.of("a"), pinFile(PIN), null)));
    }
    assertTrue(
        refusal(config("nowhere", "a")).startsWith("token: none is labelled nowhere; there are: "));
    assertEquals("token: more than one is labelled twin", refusal(config("twin", "a")));
    assertEquals("keys is missing", refusal(config("gongbei-mo")));
    final Path missing = directory.resolve("missing");
    assertEquals(
        "pinFile " + missing + " does not exist",
        refusal(new TokenConfig(LIBRARY, "gongbei-mo", List.of("a"), missing, null)));
    final Path open = SecretFile.write(directory.resolve("open"), PIN);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(
        "pinFile "
            + open
            + " can't be used: others can read it (mode 0644), and it is secret: chmod 600",
        refusal(new TokenConfig(LIBRARY, "gongbei-mo", List.of("a"), open, null)));
    final Path empty = SecretFile.write(directory.resolve("empty"), "\n");
    assertEquals(
        "pinFile " + empty + " is empty",
        refusal(new TokenConfig(LIBRARY, "gongbei-mo", List.of("a"), empty, null)));
    assertEquals(
        "pinVariable: GONGBEI_NO_SUCH_PIN is not set",
        refusal(new TokenConfig(LIBRARY, "gongbei-mo", List.of("a"), null, "GONGBEI_NO_SUCH_PIN")));
    assertEquals(
        "pinFile: the PIN is wrong",
        refusal(new TokenConfig(LIBRARY, "locked", List.of("a"), pinFile(OPERATOR_PIN), null)));
  }

  @Test
  void whatIsWrongWithAKeyIsToldByItsLabel() throws Exception {
    final String there = label();
    made(there);
    final String absent = refusal(config("gongbei-mo", "absent"));
    assertTrue(
        absent.startsWith(
            "keys: the token gongbei-mo holds no private key with a certificate labelled absent;"
                + " it holds: "),
        absent);
    assertTrue(absent.contains(there), absent);

    final KeyPair p384 = pair("EC", "secp384r1");
    put("p384", p384, p384, "");
    assertEquals("keys: p384 is not a key of P-256", refusal(config("gongbei-mo", "p384")));
    final KeyPair rsa = pair("RSA", null);
    put("rsa", rsa, rsa, "");
    assertEquals("keys: rsa is not a key of P-256", refusal(config("gongbei-mo", "rsa")));
    final KeyPair p256 = pair("EC", "secp256r1");
    put(
        "open",
        p256,
        p256,
        """
        attributes(import,CKO_PRIVATE_KEY,*) = {
          CKA_SENSITIVE = false
          CKA_EXTRACTABLE = true
        }
        """);
    assertEquals("keys: open can be taken out of the token", refusal(config("gongbei-mo", "open")));
    put("mixed", p256, pair("EC", "secp256r1"), "");
    assertEquals(
        "keys: the certificate of mixed is another key's", refusal(config("gongbei-mo", "mixed")));
    assertEquals(
        "keys: the token holds " + there + " already",
        assertThrows(TrustException.class, () -> made(there)).getMessage());
    assertEquals(
        "GD signs by SM2, a token's key by ES256",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    SigningToken.open(config("gongbei-mo"))
                        .generate(label(), "GD", null, from, until))
            .getMessage());
  }

  @Test
  void aNodeWhoseTokenIsAtFaultDoesNotStartAndSaysWhichSetting() throws Exception {
    final Path file = directory.resolve("node.yaml");
    pinFile(PIN);
    final String config =
        "region: MO\nsigningToken: {library: "
            + LIBRARY
            + ", token: gongbei-mo, keys: [nothing], pinFile: pin}\n";
    Files.writeString(file, config);
    final NodeConfig read = NodeConfig.read(file);
    assertTrue(
        assertThrows(NodeException.class, () -> Node.start(read))
            .getMessage()
            .startsWith("signingToken.keys: the token gongbei-mo holds no private key"));
    for (final String[] fault :
        new String[][] {
          {", pinFile: pin", "", "signingToken.pinFile is missing"},
          {"pinFile: pin", "pinFile: pin, pinVariable: P", "signingToken.pinFile and pinVariable"},
          {"token: gongbei-mo, ", "", "signingToken.token is missing"},
          {"library: " + LIBRARY + ", ", "", "signingToken.library is missing"},
          {"pinFile: pin", "pinFile: pin, pin: 731904", "signingToken.pin is not a setting"},
        }) {
      Files.writeString(file, config.replace(fault[0], fault[1]));
      final String told =
          assertThrows(ConfigException.class, () -> NodeConfig.read(file)).getMessage();
      assertTrue(told.contains(fault[2]), told);
      assertFalse(told.contains(PIN), told);
    }
  }

  @Test
  void neitherPinNorKeyIsInWhatIsPrinted() throws Exception {
    final String label = label();
    made(label);
    final SigningKey key = SigningToken.keysOf(config("gongbei-mo", label)).get(0);
    assertTrue(key.toString().matches("SigningKey\\[MO [0-9a-f]{16}\\]"), key.toString());
    assertTrue(key.privateKey().toString().matches("TokenKey\\[SunPKCS11-gongbei[0-9]+\\]"));
    assertFalse(config("gongbei-mo", label).toString().contains(PIN));
  }

  @Test
  void aTokenThatHasGoneGivesAFaultOfItsOwn() throws Exception {
    final Provider none = new Provider("Gone", "1", "knows no algorithm") {};
    final TokenKey key = new TokenKey(pair("EC", "secp256r1").getPrivate(), none);
    assertEquals(
        "the token that holds the key did not sign",
        assertThrows(TokenException.class, () -> key.sign(new byte[1], 0, 1)).getMessage());
  }

  @Test
  void keysOfATokenStandBesideThoseOfADirectory() throws Exception {
    final String label = label();
    made(label);
    final SigningKey later = new KeyGeneration().generate("MO", from.plusSeconds(60), until);
    KeyGeneration.write(later, "mo", directory.resolve("keys"));
    final SigningKeys keys =
        SigningKeys.ofSecretDirectory(
            directory.resolve("keys"), SigningToken.keysOf(config("gongbei-mo", label)));
    assertEquals(2, keys.all().size());
    final long now = Instant.now().getEpochSecond();
    assertEquals(later, keys.current(CodeFormat.MO1, now));
    deleteAll(directory.resolve("keys"));
    Files.createDirectory(directory.resolve("keys"));
    assertTrue(keys.reloadIfChanged());
    assertTrue(keys.current(CodeFormat.MO1, now).privateKey() instanceof TokenKey);
  }
}
