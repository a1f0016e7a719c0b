package gongbei.verifier.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.testing.OneJdk;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.translate.Region;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** One code for many people. */
@ExtendWith(LeakWatch.class)
@OneJdk
final class GroupTest {
  private static final SigningKey GUANGDONG_KEY = Region.key("GD");
  private static final SigningKey MACAU_KEY = Region.key("MO");

  @TempDir private Path directory;
  @AutoClose private Region region;
  private AuthorityClient authority;

  @BeforeEach
  void start() throws Exception {
    region = new Region(CodeFormat.GD1, GUANGDONG_KEY, MACAU_KEY, directory);
    authority = new AuthorityClient(region.url(), region.authority);
    final int minutes = (int) (Instant.now().getEpochSecond() / 60);
    final List<StatusCommand> residents = new ArrayList<>();
    for (int i = 1; i <= 501; i++) {
      residents.add(
          StatusCommand.SetStatus.of(member(i))
              .colour(Colour.GREEN)
              .test(TestResult.NEGATIVE, minutes - 60)
              .doses(2)
              .build());
    }
    region.node.resources().log().submit(residents).join();
  }

  private static Subject member(int ordinal) {
    return new Subject(7, ordinal);
  }

  private static ObjectNode members(int from, int to) {
    final ObjectNode body = JsonNodeFactory.instance.objectNode();
    final ArrayNode members = body.putArray("members");
    for (int i = from; i <= to; i++) {
      members.add(member(i).toHex());
    }
    return body;
  }

  private JsonNode make(ObjectNode body) throws Exception {
    final HttpResponse<String> answer = authority.post("/v1/groups", body.toString());
    assertEquals(201, answer.statusCode(), answer.body());
    return TestNode.json(answer.body());
  }

  private void turn(int ordinal, String colour) throws Exception {
    region.put("/v1/subjects/" + member(ordinal) + "/status", "{'colour':'" + colour + "'}");
  }

  @Test
  void aGroupWhoseMembersAllPassPassesByOneScan() throws Exception {
    final JsonNode made = make(members(1, 500));
    assertEquals(500, made.path("size").asInt());
    final JsonNode verdict = region.scan("metro", made.path("code").asText());
    assertEquals("pass", verdict.path("verdict").asText(), verdict.toString());
    assertEquals("green", verdict.path("colour").asText());
    assertEquals(500, verdict.path("group").path("colours").path("green").asInt());
    assertEquals(500, verdict.path("group").path("reasons").path("ok").asInt());
    assertEquals(0, verdict.path("group").path("heldUpBy").size());
    assertFalse(region.scan("metro", region.code(member(1), 0)).has("group"));
  }

  @Test
  void aMemberWhoTurnsRedCountsAtOnceAndIsNamedByOrdinalAlone() throws Exception {
    final String code = make(members(1, 12)).path("code").asText();
    turn(5, "yellow");
    final JsonNode held = region.scan("metro", code);
    assertEquals("hold", held.path("verdict").asText());
    assertEquals("yellow", held.path("reason").asText());
    turn(9, "red");
    final JsonNode refused = region.scan("metro", code);
    assertEquals("refuse", refused.path("verdict").asText());
    assertEquals("red", refused.path("reason").asText());
    assertEquals("red", refused.path("colour").asText());
    final JsonNode group = refused.path("group");
    assertEquals(
        "{\"green\":10,\"yellow\":1,\"red\":1,\"unknown\":0}", group.path("colours").toString());
    assertEquals("{\"red\":1,\"yellow\":1,\"ok\":10}", group.path("reasons").toString());
    assertEquals("[5,9]", group.path("heldUpBy").toString());
    assertEquals(
        group.path("reasons").size() - 1, group.path("heldUpFor").size(), "all but those in order");
    final Set<Integer> places = new TreeSet<>();
    group.path("heldUpFor").forEach(each -> each.forEach(place -> places.add(place.asInt())));
    assertEquals(Set.of(5, 9), places);
    assertFalse(refused.toString().contains(member(9).toHex()));
  }

  @Test
  void theStrictestVerdictCountsThoughAReasonToHoldComesFirst() throws Exception {
    final String code = make(members(1, 3)).path("code").asText();
    turn(1, "green");
    // Without a test there is none that the old one would be older than.
    turn(2, "green");
    region.put(
        "/v1/subjects/" + member(2) + "/status",
        "{'colour':'green','result':'negative','sampleTime':'2020-01-01T00:00:00Z'}");
    final JsonNode verdict = region.scan("hospital", code);
    assertEquals("refuse", verdict.path("verdict").asText(), verdict.toString());
    assertEquals("test-too-old", verdict.path("reason").asText());
    assertEquals(1, verdict.path("group").path("reasons").path("test-missing").asInt());
    assertEquals("[1,2]", verdict.path("group").path("heldUpBy").toString());
  }

  @Test
  void aDeviceIsToldTheSame() throws Exception {
    final String code = make(members(1, 500)).path("code").asText();
    turn(500, "red");
    try (DeviceClient gate = region.device()) {
      final DeviceVerdict verdict = gate.at("metro").scan(code).join();
      assertEquals(VerdictCode.REFUSE, verdict.verdict());
      assertEquals(500, verdict.group().size());
      assertEquals(499, verdict.group().green());
      assertEquals(1, verdict.group().red());
      assertEquals(Map.of(ReasonCode.OK, 499, ReasonCode.RED, 1), verdict.group().reasons());
      assertEquals(List.of(500), verdict.group().heldUpBy());
      assertNull(gate.at("metro").scan(region.code(member(1), 0)).join().group());
      for (int i = 1; i < 500; i++) {
        // More than one authority may stop without a test.
        region.put(
            "/v1/subjects/" + member(i) + "/status",
            "{'result':'positive','sampleTime':'" + Instant.now().minusSeconds(3_600) + "'}");
      }
      assertEquals(500, gate.at("metro").scan(code).join().group().heldUpBy().size());
    }
  }

  @Test
  void changingTheMembersRevokesTheCodesBeforeAndDissolvingAllOfThem() throws Exception {
    final JsonNode made = make(members(1, 3));
    final String path = "/v1/groups/" + made.path("group").asText();
    final JsonNode changed = TestNode.json(authority.put(path, members(1, 4).toString()).body());
    final JsonNode old = region.scan("metro", made.path("code").asText());
    assertEquals("revoked", old.path("reason").asText());
    assertEquals("groupDigest", old.path("field").asText());
    assertEquals(
        "pass", region.scan("metro", changed.path("code").asText()).path("verdict").asText());
    assertEquals(200, authority.put(path, "{\"dissolved\":true}").statusCode());
    final JsonNode dissolved = region.scan("metro", changed.path("code").asText());
    assertEquals("revoked", dissolved.path("reason").asText());
    assertEquals("group", dissolved.path("field").asText());
    assertEquals(404, authority.put(path, members(1, 4).toString()).statusCode());
    assertEquals("unknown-subject", region.scan("metro", codeOfNoGroup()).path("reason").asText());
  }

  /** A code of a group that stands in no log, by the right key. */
  private static String codeOfNoGroup() {
    return new CodeIssuer(CodeFormat.GD1, GUANGDONG_KEY)
        .issue(
            CodeClaims.of(CodeKind.GROUP, member(99).toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .group(3, new byte[32])
                .validity(Instant.now().getEpochSecond(), Instant.now().getEpochSecond() + 60)
                .build());
  }

  @Test
  void everyBadGroupHasItsOwnRefusal() throws Exception {
    assertRefused("empty-group", "members", members(1, 0));
    assertRefused("group-too-large", "members", members(1, 501));
    final ObjectNode twice = members(1, 3);
    ((ArrayNode) twice.path("members")).add(member(2).toHex());
    assertRefused("member-twice", "members[3]", twice);
    assertRefused("unknown-member", "members[1]", members(501, 502));
    final ObjectNode bad = members(1, 1);
    ((ArrayNode) bad.path("members")).add("x");
    assertRefused("invalid-field", "members[1]", bad);
  }

  private void assertRefused(String type, String field, ObjectNode body) throws Exception {
    final JsonNode problem = TestNode.json(authority.post("/v1/groups", body.toString()).body());
    assertEquals("/problems/" + type, problem.path("type").asText(), problem.toString());
    assertEquals(field, problem.path("field").asText());
  }

  @Test
  void aGroupIsMadeAndDissolvedOnTheCommandLine() throws Exception {
    final Path keys = directory.resolve("keys");
    KeyGeneration.write(region.authority, "authority", keys);
    final Path list = directory.resolve("members.txt");
    Files.writeString(list, member(1) + "\n\n" + member(2) + "\n");
    final Path png = directory.resolve("group.png");
    final String[] make = {
      "group",
      "--json",
      "--url",
      region.url().toString(),
      "--authority-keys",
      keys.toString(),
      "--members",
      list.toString(),
      "--png",
      png.toString()
    };
    final JsonNode made = TestNode.json(run(0, make));
    assertTrue(Files.size(png) > 100);
    assertEquals("pass", region.scan("metro", made.path("code").asText()).path("verdict").asText());
    final String dissolved =
        run(
            0,
            "group",
            "--url",
            region.url().toString(),
            "--authority-keys",
            keys.toString(),
            "--group",
            made.path("group").asText(),
            "--dissolve");
    assertTrue(dissolved.startsWith("applied"), dissolved);
    Files.writeString(list, member(1) + "\n" + member(1) + "\n");
    assertTrue(run(1, make).contains("member-twice: members[1]"));
    Files.writeString(list, "nobody\n");
    assertTrue(run(1, make).contains("line 1: subject is not 32"));
  }

  private static String run(int exitCode, String... arguments) {
    final StringWriter text = new StringWriter();
    final CommandLine line = Gongbei.commandLine();
    line.setOut(new PrintWriter(text));
    line.setErr(new PrintWriter(text));
    assertEquals(exitCode, line.execute(arguments), text.toString());
    return text.toString();
  }
}
