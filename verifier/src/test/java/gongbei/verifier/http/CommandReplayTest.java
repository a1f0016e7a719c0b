package gongbei.verifier.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Region;
import gongbei.codec.signature.CodeSigner;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.access.ApiKey;
import gongbei.verifier.access.ApiKeys;
import gongbei.verifier.access.Role;
import gongbei.verifier.client.Audience;
import gongbei.verifier.client.SignatureBase;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeResources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An authority's signed change in the hands of somebody who has recorded it, and keys that are not
 * an authority's: all through real sockets.
 */
@ExtendWith(LeakWatch.class)
@OneJdk
final class CommandReplayTest {
  private static final Subject HOLDER = TestNode.RED;
  private static final String PATH = "/v1/subjects/" + HOLDER.toHex() + "/status";
  private static final int DEVICE_SCHEMA = 7_460;
  private static final int LOG_SCHEMA = 7_461;
  private static final String GREEN = "{\"colour\":\"green\"}";

  @TempDir private Path directory;
  private int nonces;
  private Audience audience = Audience.DEFAULT;

  /** A signed request as it goes over the wire. */
  private String signed(SigningKey by, long created, String path, String body) {
    final String digest = SignatureBase.contentDigest(body.getBytes(StandardCharsets.UTF_8));
    final String parameters =
        SignatureBase.COMPONENTS
            + ";created="
            + created
            + ";keyid=\""
            + by.issuerKey().kidHex()
            + "\";nonce=\"0123456789abcdef-"
            + nonces++
            + "\";tag=\""
            + audience.tag()
            + "\"";
    final byte[] base =
        SignatureBase.of("PUT", path, digest, parameters).getBytes(StandardCharsets.US_ASCII);
    return "PUT "
        + path
        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Digest: "
        + digest
        + "\r\nSignature-Input: sig1="
        + parameters
        + "\r\nSignature: sig1=:"
        + Base64.getEncoder().encodeToString(new CodeSigner(by).sign(base, 0, base.length))
        + ":\r\nContent-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }

  private static void assertAnswered(int port, int status, String type, String request)
      throws IOException {
    try (RawHttp client = new RawHttp(port)) {
      final RawHttp.Answer answer = client.send(request).read();
      assertEquals(status, answer.status(), answer.body());
      assertTrue(type == null || answer.body().contains("/problems/" + type + "\""), answer.body());
    }
  }

  private static int colour(Node node) {
    final StatusRecord status = new StatusRecord();
    node.resources().statusMap().get(HOLDER.toBytes(), 0, status);
    return status.colour();
  }

  @Test
  void aRecordedChangeIsNotTakenAgainNorLateNorChanged() throws Exception {
    try (TestNode bed = new TestNode()) {
      final int port = bed.node.httpPort();
      final String recorded = signed(bed.authority, now(), PATH, GREEN);
      for (final String[] change :
          new String[][] {
            {GREEN, "{\"colour\":\"black\"}", "digest-mismatch"},
            {"PUT " + PATH, "PUT " + PATH.replace("3/", "4/"), "bad-signature"},
            {"PUT ", "POST ", null},
            {";nonce=\"0", ";nonce=\"1", "bad-signature"},
            {"created=1", "created=2", "signature-expired"},
          }) {
        final String changed = recorded.replace(change[0], change[1]);
        assertTrue(!changed.equals(recorded), change[0]);
        assertAnswered(port, change[2] == null ? 405 : 401, change[2], changed);
      }
      final long versionBefore = bed.node.resources().statusMap().version();
      assertEquals(StatusRecord.RED, colour(bed.node));

      assertAnswered(port, 200, null, recorded);
      assertAnswered(port, 200, null, signed(bed.authority, now(), PATH, "{\"colour\":\"red\"}"));
      assertAnswered(port, 409, "replayed-request", recorded);
      assertEquals(StatusRecord.RED, colour(bed.node), "what is past does not come back");
      assertEquals(
          versionBefore + 2,
          bed.node.resources().statusMap().version(),
          "a version for each change");

      for (final long created : new long[] {now() - 310, now() + 310}) {
        assertAnswered(port, 401, "signature-expired", signed(bed.authority, created, PATH, GREEN));
      }
      assertEquals(StatusRecord.RED, colour(bed.node));
    }
  }

  @Test
  void anotherRegionDoesNotKnowTheAuthority() throws Exception {
    try (TestNode here = new TestNode();
        TestNode there = new TestNode()) {
      final String recorded = signed(here.authority, now(), PATH, GREEN);
      assertAnswered(here.node.httpPort(), 200, null, recorded);
      assertAnswered(there.node.httpPort(), 403, "unknown-authority", recorded);
      assertEquals(StatusRecord.RED, colour(there.node));
    }
  }

  /** A second face of the same log, which knows nothing of the nonces that the first has seen. */
  private static Node secondFaceOf(TestNode bed) throws Exception {
    return secondFaceOf(bed, bed.node.resources().log());
  }

  private static Node secondFaceOf(TestNode bed, CommandLog log) throws Exception {
    final NodeConfig.Endpoint any = new NodeConfig.Endpoint("127.0.0.1", 0);
    final NodeConfig config =
        NodeConfig.inMemory(
            Region.GUANGDONG, 1_000, any, any, new NodeConfig.Pipeline(64, 1, 8, null, null));
    final NodeResources resources = bed.node.resources();
    return Node.start(
        config,
        NodeResources.over(resources.statusMap(), log, resources.oversight())
            .trust(resources.trust())
            .authorities(resources.authorities().orElseThrow())
            .signingKeys(resources.signingKeys().orElseThrow())
            .rulesets(resources.rulesets())
            .devices(resources.devices())
            .build());
  }

  @Test
  void anotherNodeOfTheClusterAppliesANumberedChangeNoSecondTime() throws Exception {
    try (TestNode bed = new TestNode()) {
      final Node second = secondFaceOf(bed);
      try {
        final String path = "/v1/subjects/status";
        final String numbered =
            "{\"client\":\"00000000000000aa\",\"sequence\":1,\"statuses\":[{\"subject\":\""
                + HOLDER.toHex()
                + "\",\"colour\":\"%s\"}]}";
        final String green =
            signed(bed.authority, now(), path, String.format(Locale.ROOT, numbered, "green"));
        assertAnswered(bed.node.httpPort(), 200, null, green);
        assertAnswered(
            bed.node.httpPort(),
            200,
            null,
            signed(
                bed.authority,
                now(),
                path,
                String.format(Locale.ROOT, numbered, "red")
                    .replace("sequence\":1", "sequence\":2")));
        final long version = bed.node.resources().statusMap().version();
        try (RawHttp client = new RawHttp(second.httpPort())) {
          final RawHttp.Answer again = client.send(green).read();
          assertEquals(200, again.status(), again.body());
          assertTrue(
              again.body().contains("\"version\":" + (version - 1)),
              "the version that it had the first time: " + again.body());
        }
        assertEquals(version, bed.node.resources().statusMap().version());
        assertEquals(StatusRecord.RED, colour(bed.node));
      } finally {
        closeFaceOf(second);
      }
    }
  }

  @Test
  void anotherNodeOrOneThatHasForgottenTakesNoChangeWithoutANumberASecondTime() throws Exception {
    try (TestNode bed = new TestNode()) {
      final Node second = secondFaceOf(bed);
      try {
        final String all = "/v1/subjects/status";
        final String statuses =
            "{\"statuses\":[{\"subject\":\"" + HOLDER.toHex() + "\",\"colour\":\"%s\"}]}";
        final String members = "{\"members\":[\"" + TestNode.GREEN.toHex() + "\"]}";
        final byte[] group = new Subject(9, 9).toBytes();
        bed.node.resources().log().submit(DocumentCommand.group(new Subject(9, 9), group)).join();
        final String groupPath = "/v1/groups/" + new Subject(9, 9).toHex();
        final List<String> recorded =
            List.of(
                signed(bed.authority, now(), PATH, GREEN),
                signed(bed.authority, now(), all, String.format(Locale.ROOT, statuses, "green")),
                signed(bed.authority, now(), groupPath, members),
                signed(bed.authority, now(), groupPath, "{\"dissolved\":true}"));
        for (final String change : recorded) {
          assertAnswered(bed.node.httpPort(), 200, null, change);
        }
        final String red = "{\"colour\":\"red\"}";
        assertAnswered(bed.node.httpPort(), 200, null, signed(bed.authority, now(), PATH, red));
        bed.node.resources().log().submit(DocumentCommand.group(new Subject(9, 9), group)).join();
        for (final String change : recorded) {
          assertAnswered(second.httpPort(), 409, "replayed-request", change);
        }
        assertEquals(StatusRecord.RED, colour(bed.node), "what is past does not come back");
        assertArrayEquals(
            group,
            bed.node
                .resources()
                .log()
                .documents()
                .find(DocumentCommand.Kind.GROUP, new Subject(9, 9).toBytes()));
        assertAnswered(second.httpPort(), 200, null, signed(bed.authority, now(), PATH, GREEN));
        assertEquals(StatusRecord.GREEN, colour(bed.node), "a new one is taken");
      } finally {
        closeFaceOf(second);
      }
    }
  }

  /** One signed change of every kind that nobody has numbered. */
  private List<String> oneOfEachKind(TestNode bed, int version) {
    bed.node
        .resources()
        .log()
        .submit(DocumentCommand.group(new Subject(9, 9), new byte[16]))
        .join();
    final String withdrawn = "{\"withdrawnAt\":\"2026-01-0" + version + "T00:00:00Z\"}";
    final String metro =
        "{\"version\":"
            + (100 + version)
            + ",\"allowedColours\":[\"green\"],\"testWithinHours\":48}";
    final String all = "{\"statuses\":[{\"subject\":\"" + HOLDER.toHex() + "\",\"doses\":1,";
    return List.of(
        signed(bed.authority, now(), PATH, GREEN),
        signed(bed.authority, now(), "/v1/subjects/status", all + "\"colour\":\"green\"}]}"),
        signed(bed.authority, now(), "/v1/links/" + HOLDER.toHex(), withdrawn),
        signed(bed.authority, now(), "/v1/rulesets/metro", metro),
        signed(
            bed.authority,
            now(),
            "/v1/groups/" + new Subject(9, 9).toHex(),
            "{\"members\":[\"" + TestNode.GREEN.toHex() + "\"]}"));
  }

  private static RawHttp.Answer answerTo(int port, String request) throws IOException {
    try (RawHttp client = new RawHttp(port)) {
      return client.send(request).read();
    }
  }

  @Test
  void aChangeThatABusyLogHasNotTakenIsTakenWhenItComesAgainAsItIs() throws Exception {
    try (TestNode bed = new TestNode()) {
      final HeldLog log = new HeldLog(bed.node.resources().log());
      final Node second = secondFaceOf(bed, log);
      try {
        for (final String change : oneOfEachKind(bed, 1)) {
          final long before = bed.node.resources().statusMap().version();
          log.refuse(2);
          assertAnswered(second.httpPort(), 503, "busy", change);
          assertAnswered(second.httpPort(), 503, "busy", change);
          assertEquals(before, bed.node.resources().statusMap().version(), "nothing was taken");
          assertAnswered(second.httpPort(), 200, null, change);
          assertEquals(before + 1, bed.node.resources().statusMap().version());
          final RawHttp.Answer again = answerTo(bed.node.httpPort(), change);
          assertEquals(409, again.status(), again.body());
          assertEquals(
              before + 1,
              TestNode.json(again.body()).path("version").longValue(),
              "the first outcome is told: " + again.body());
          assertEquals(before + 1, bed.node.resources().statusMap().version());
        }
      } finally {
        closeFaceOf(second);
      }
    }
  }

  private static String keyed(String key, String request) {
    return request.replaceFirst("\r\n", "\r\nIdempotency-Key: " + key + "\r\n");
  }

  @Test
  void aSignedWriteWithAnIdempotencyKeyIsAnsweredAsTheFirstTimeSignedAnewOrNot() throws Exception {
    try (TestNode bed = new TestNode()) {
      final int port = bed.node.httpPort();
      int key = 0;
      for (final String change : oneOfEachKind(bed, 2)) {
        final String first = keyed("k" + ++key, change);
        final RawHttp.Answer given = answerTo(port, first);
        assertEquals(200, given.status(), given.body());
        final long version = bed.node.resources().statusMap().version();
        final RawHttp.Answer again = answerTo(port, first);
        assertEquals(200, again.status(), "as it is, its nonce seen: " + again.body());
        assertEquals("true", again.headers().get("idempotent-replayed"));
        assertEquals(given.body(), again.body());
        assertEquals(version, bed.node.resources().statusMap().version());
        assertAnswered(port, 409, "replayed-request", change);
      }
      final String anew = keyed("k1", signed(bed.authority, now(), PATH, GREEN));
      final RawHttp.Answer again = answerTo(port, anew);
      assertEquals(200, again.status(), again.body());
      assertEquals("true", again.headers().get("idempotent-replayed"), "signed anew, the same");
      final String other = signed(bed.authority, now(), PATH, "{\"colour\":\"red\"}");
      assertAnswered(port, 422, "idempotency-key-reused", keyed("k1", other));
      assertAnswered(port, 401, "bad-signature", keyed("k1", signedBy(bed, other)));
    }
  }

  /** The same request with a signature that is not its own. */
  private String signedBy(TestNode bed, String request) {
    final String foreign = signed(bed.authority, now(), PATH + "x", "{\"colour\":\"red\"}");
    return request.replaceFirst(
        "Signature: sig1=:[^:]*:", foreign.replaceAll("(?s).*(Signature: sig1=:[^:]*:).*", "$1"));
  }

  @Test
  void whoHasNotNumberedMoreThanOneMessageHoldsIsToldToNumber() throws Exception {
    try (TestNode bed = new TestNode()) {
      final StringBuilder many = new StringBuilder("{\"statuses\":[");
      for (int i = 0; i <= 1_024; i++) {
        many.append(i == 0 ? "" : ",")
            .append("{\"subject\":\"")
            .append(new Subject(10, i).toHex())
            .append("\",\"colour\":\"green\"}");
      }
      final long before = bed.node.resources().statusMap().version();
      final RawHttp.Answer refused =
          answerTo(
              bed.node.httpPort(),
              signed(bed.authority, now(), "/v1/subjects/status", many + "]}"));
      assertEquals(400, refused.status(), refused.body());
      assertEquals("statuses", TestNode.json(refused.body()).path("field").asText());
      assertEquals(before, bed.node.resources().statusMap().version());
      // The map has room for a thousand: the last of them come to nothing, and that is said.
      assertAnswered(
          bed.node.httpPort(),
          207,
          null,
          signed(
              bed.authority,
              now(),
              "/v1/subjects/status",
              many + "],\"client\":\"00000000000000ab\",\"sequence\":1}"));
      assertEquals(before + 1_025, bed.node.resources().statusMap().version());
    }
  }

  private static void closeFaceOf(Node second) {
    try {
      second.close();
    } catch (IllegalStateException e) {
      throw new AssertionError("the second node could not be closed", e);
    }
  }

  @Test
  void aKeyThatSignsCodesOrLooksUpOrScansWritesNothingByHttp() throws Exception {
    audience = new Audience(Region.MACAU, "main");
    final SigningKey code = new KeyGeneration().generate("MO", from(), until());
    final SigningKey authority = new KeyGeneration().generateAuthority("CDC", from(), until());
    final SigningKey gate = new KeyGeneration().generateAuthority("Gate", from(), until());
    KeyGeneration.write(code, "mo", directory.resolve("keys"));
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    KeyGeneration.write(gate, "gate", directory.resolve("lookups"));
    final Path keyFile = directory.resolve("apikeys");
    final String checkpointKey = keyOf(keyFile, Role.CHECKPOINT);
    final String issuerKey = keyOf(keyFile, Role.ISSUER);
    final String operatorKey = keyOf(keyFile, Role.OPERATOR);
    final String authorityKey = keyOf(keyFile, Role.AUTHORITY);
    Files.writeString(
        directory.resolve("node.yaml"),
        """
        region: MO
        trustDirectory: keys
        signingKeyDirectory: keys
        authorityDirectory: authorities
        maxSubjects: 100
        http: {host: 127.0.0.1, port: 0}
        tcp: {host: 127.0.0.1, port: 0}
        access: {apiKeyFile: apikeys, addressRequestsPerSecond: 0}
        """);
    try (Node node = Node.start(NodeConfig.read(directory.resolve("node.yaml")))) {
      final int port = node.httpPort();
      for (final String key : List.of(checkpointKey, issuerKey, operatorKey)) {
        for (final String path :
            List.of(
                PATH,
                "/v1/subjects/status",
                "/v1/links/" + HOLDER.toHex(),
                "/v1/groups/" + HOLDER.toHex(),
                "/v1/rulesets/metro")) {
          assertAnswered(
              port, 403, "role-missing", shown(key, signed(authority, now(), path, GREEN)));
        }
      }
      assertAnswered(port, 401, "key-missing", signed(authority, now(), PATH, GREEN));
      for (final SigningKey by : List.of(code, gate)) {
        assertAnswered(
            port, 403, "unknown-authority", shown(authorityKey, signed(by, now(), PATH, GREEN)));
      }
      final String claimed =
          signed(code, now(), PATH, GREEN)
              .replace(code.issuerKey().kidHex(), authority.issuerKey().kidHex());
      assertAnswered(port, 401, "bad-signature", shown(authorityKey, claimed));
      assertEquals(0, node.resources().statusMap().version());
      assertAnswered(port, 200, null, shown(authorityKey, signed(authority, now(), PATH, GREEN)));
      assertEquals(1, node.resources().statusMap().version(), "a change with its nonce");
    }
  }

  /** One authority that two regions, and two clusters of one of them, trust. */
  @Test
  void aChangeThatWasSignedForOneClusterIsRefusedByEveryOther() throws Exception {
    final SigningKey authority = new KeyGeneration().generateAuthority("CDC", from(), until());
    KeyGeneration.write(authority, "authority", directory.resolve("authorities"));
    KeyGeneration.write(authority, "gate", directory.resolve("lookups"));
    SubjectSecret.generate().write(directory.resolve("subject.secret"));
    final List<Audience> clusters =
        List.of(
            new Audience(Region.GUANGDONG, "main"),
            new Audience(Region.GUANGDONG, "drill"),
            new Audience(Region.MACAU, "main"));
    final List<Node> nodes = new ArrayList<>();
    try {
      for (final Audience cluster : clusters) {
        nodes.add(Node.start(NodeConfig.read(configurationOf(cluster))));
      }
      for (int at = 0; at < clusters.size(); at++) {
        audience = clusters.get(at);
        final String body =
            "{\"statuses\":[{\"subject\":\"" + HOLDER.toHex() + "\",\"colour\":\"green\"}]}";
        final List<String> recorded =
            List.of(
                signed(authority, now(), "/v1/subjects/status", body),
                signed(
                    authority,
                    now(),
                    "/v1/links/" + HOLDER.toHex(),
                    "{\"withdrawnAt\":\"2026-01-01T00:00:00Z\"}"),
                signed(
                    authority,
                    now(),
                    "/v1/subjects/status",
                    "{\"client\":\"00000000000000aa\",\"sequence\":1," + body.substring(1)));
        for (int to = 0; to < nodes.size(); to++) {
          for (final String change : recorded) {
            if (to != at) {
              final long version = nodes.get(to).resources().statusMap().version();
              assertAnswered(nodes.get(to).httpPort(), 401, "other-cluster", change);
              assertAnswered(
                  nodes.get(to).httpPort(),
                  401,
                  "bad-signature",
                  change.replace(audience.tag(), clusters.get(to).tag()));
              assertEquals(version, nodes.get(to).resources().statusMap().version());
            }
          }
        }
        for (final String change : recorded) {
          assertAnswered(nodes.get(at).httpPort(), 200, null, change);
        }
      }
      assertAnswered(
          nodes.get(0).httpPort(),
          401,
          "malformed-signature",
          signed(authority, now(), PATH, GREEN).replace(";tag=\"" + audience.tag() + "\"", ""));
    } finally {
      nodes.forEach(Node::close);
    }
  }

  private Path configurationOf(Audience cluster) throws IOException {
    return Files.writeString(
        directory.resolve(cluster.region() + cluster.cluster() + ".yaml"),
        "region: "
            + cluster.region()
            + """

            authorityDirectory: authorities
            lookupDirectory: lookups
            subjectSecretFile: subject.secret
            maxSubjects: 100
            http: {host: 127.0.0.1, port: 0}
            tcp: {host: 127.0.0.1, port: 0}
            """
            + "replication: {clusterName: "
            + cluster.cluster()
            + "}\n");
  }

  private static Instant from() {
    return Instant.now().minus(Duration.ofDays(1));
  }

  private static Instant until() {
    return Instant.now().plus(Duration.ofDays(1));
  }

  private static String keyOf(Path file, Role role) throws Exception {
    final ApiKey.Made made = ApiKey.make(role.wireName(), Set.of(role), null);
    ApiKeys.add(file, made.key());
    return made.text();
  }

  private static String shown(String key, String request) {
    return request.replaceFirst("\r\n", "\r\nAuthorization: Bearer " + key + "\r\n");
  }

  @Test
  void theDevicesPortTakesNoChangeInWhateverFormItComes() throws Exception {
    try (TestNode bed = new TestNode()) {
      final long version = bed.node.resources().statusMap().version();
      final byte[] http =
          signed(bed.authority, now(), PATH, GREEN).getBytes(StandardCharsets.US_ASCII);
      for (int template = 1; template <= 40; template++) {
        assertEnds(bed, frame(template, LOG_SCHEMA));
        assertEnds(bed, frame(template, DEVICE_SCHEMA));
      }
      assertEnds(bed, http);
      assertEquals(version, bed.node.resources().statusMap().version());
      assertEquals(StatusRecord.RED, colour(bed.node));
    }
  }

  /** A length, a message header (block length, template, schema, version), and a holder. */
  private static byte[] frame(int template, int schema) {
    return ByteBuffer.allocate(4 + 8 + 64)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(8 + 64)
        .putShort((short) 24)
        .putShort((short) template)
        .putShort((short) schema)
        .putShort((short) 1)
        .put(HOLDER.toBytes())
        .array();
  }

  /** The connection is ended with a Goodbye, or the frame is ignored. */
  private static void assertEnds(TestNode bed, byte[] sent) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), bed.node.tcpPort())) {
      socket.setSoTimeout(Patience.MILLIS);
      socket.getOutputStream().write(sent);
      socket.shutdownOutput();
      assertTrue(socket.getInputStream().readAllBytes().length < 256, "a Goodbye at most");
    }
  }
}
