package gongbei.verifier.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.replication.context.MemberAddress;
import gongbei.testing.FreePorts;
import gongbei.testing.SecretFile;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.translate.Region;
import gongbei.verifier.translate.TranslationResult;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node's border as its configuration names it. */
@ExtendWith(LeakWatch.class)
final class TranslationSetupTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");
  private static final String CONFIG =
      """
      region: MO
      trustDirectory: trust
      signingKeyDirectory: keys
      subjectSecretFile: subject.secret
      lookupDirectory: lookups
      translation: {tableDirectory: tables, auditFile: receipts/audit.jsonl}
      http: {host: 127.0.0.1, port: 0}
      tcp: {host: 127.0.0.1, port: 0}
      """;

  @TempDir private Path directory;
  private Path table;
  private long serials;

  @BeforeEach
  void write() throws Exception {
    KeyGeneration.write(MACAU_KEY, "mo", directory.resolve("keys"));
    KeyGeneration.write(GUANGDONG_KEY, "gd", directory.resolve("trust"));
    KeyGeneration.writeCertificate(MACAU_KEY, "mo", directory.resolve("trust"));
    KeyGeneration.write(GUANGDONG_KEY, "gate", directory.resolve("lookups"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    table = Files.createDirectory(directory.resolve("tables")).resolve("gd-to-mo.yaml");
    Files.writeString(table, shipped());
  }

  private static String shipped() throws Exception {
    try (InputStream yaml =
        TranslationSetupTest.class.getResourceAsStream("/gongbei/translations/gd-to-mo.yaml")) {
      return new String(yaml.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private NodeConfig config(String yaml) throws Exception {
    return NodeConfig.read(Files.writeString(directory.resolve("node.yaml"), yaml));
  }

  /** Translates a code that was not there before. */
  private TranslationResult translate(Node node) {
    final long now = Instant.now().getEpochSecond();
    final byte[] serial = ByteBuffer.allocate(8).putLong(++serials).array();
    final String code =
        new CodeIssuer(CodeFormat.GD1, GUANGDONG_KEY)
            .issue(
                CodeClaims.of(CodeKind.PERSON, new byte[16])
                    .colour(Colour.GREEN)
                    .serial(serial)
                    .validity(now, now + 60)
                    .build());
    return node.translations()
        .orElseThrow()
        .translate(new TranslationRequest(code.getBytes(StandardCharsets.US_ASCII), "MO", false))
        .join();
  }

  @Test
  void theTableIsReadAnewAndTheReceiptsGoOnAfterARestart() throws Exception {
    try (Node node = Node.start(config(CONFIG))) {
      assertTrue(translate(node).translation().isTranslated());
      Files.writeString(
          table,
          shipped().replace("version: 1", "version: 2").replace("kinds: [person,", "kinds: ["));
      Files.setLastModifiedTime(table, FileTime.fromMillis(1_000));
      node.reload();
      assertEquals(TranslationFault.NOT_IN_TABLE, translate(node).translation().fault());
      assertEquals("gd-to-mo@2", translate(node).translation().table());
    }
    try (Node node = Node.start(config(CONFIG))) {
      assertEquals(7, translate(node).receipt());
    }
    assertEquals(9, Files.readAllLines(directory.resolve("receipts/audit.jsonl")).size());
  }

  @Test
  void aNodeWhoseLogCanNotStartLeavesItsAuditLogFree() throws Exception {
    final StringBuilder members = new StringBuilder();
    final int basePort = FreePorts.inARow(3 * MemberAddress.PORTS);
    for (int member = 0; member < 3; member++) {
      members
          .append("  - {host: 127.0.0.1, basePort: ")
          .append(basePort + member * MemberAddress.PORTS)
          .append("}\n");
    }
    final NodeConfig alone =
        config(
                CONFIG
                    + "dataDirectory: data\n"
                    + "replication:\n  memberId: 0\n  leaderWaitSeconds: 1\n  members:\n"
                    + members)
            .withRole(NodeConfig.Role.MEMBER);
    for (int attempt = 0; attempt < 2; attempt++) {
      final NodeException fault = assertThrows(NodeException.class, () -> Node.start(alone));
      assertTrue(fault.getMessage().contains("no member leads after 1 s"), fault.getMessage());
    }
  }

  @Test
  void withoutASecretNothingIsTranslated() throws Exception {
    try (Node node = Node.start(config(CONFIG.replace("subjectSecretFile", "#")))) {
      assertTrue(node.translations().isEmpty());
    }
  }

  @Test
  void whatCanNotBeUsedKeepsTheNodeFromStarting() throws Exception {
    Files.writeString(table, "from: GD\nto: MO\n");
    assertFault("version is not a whole number");
    final NodeConfig noFont = config(CONFIG + "paperFontFile: nowhere.ttf\n");
    assertTrue(
        assertThrows(NodeException.class, () -> Node.start(noFont))
            .getMessage()
            .contains("nowhere.ttf can't be read"));
    Files.delete(table);
    assertFault("gd-to-mo.yaml does not exist");
    Files.writeString(table, shipped());
    Files.createDirectories(directory.resolve("receipts"));
    Files.writeString(directory.resolve("receipts/audit.jsonl"), "{}\n");
    assertFault("n is not a whole number");
    Files.delete(directory.resolve("receipts/audit.jsonl"));
    SecretFile.write(directory.resolve("subject.secret"), "x");
    assertFault("is not a secret");
  }

  private void assertFault(String fault) throws Exception {
    final NodeConfig config = config(CONFIG);
    final String message = assertThrows(NodeException.class, () -> Node.start(config)).getMessage();
    assertTrue(message.contains(fault), message);
  }
}
