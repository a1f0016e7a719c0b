package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.signature.Sm3;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.Applied;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * {@code POST /v1/groups} and {@code PUT /v1/groups/{group}}: one code for many people, whose
 * membership stands in the log. For any thread.
 */
public final class GroupResource {
  private static final Set<String> MAKING = Set.of("members", "ttlSeconds");
  private static final Set<String> CHANGING = Set.of("members", "ttlSeconds", "dissolved");

  private final CodeMint mint;
  private final StatusMap statusMap;
  private final CommandLog log;
  private final LongSupplier epochSeconds;
  private final SecureRandom random = new SecureRandom();

  GroupResource(CodeMint mint, StatusMap statusMap, CommandLog log, LongSupplier epochSeconds) {
    this.mint = mint;
    this.statusMap = statusMap;
    this.log = log;
    this.epochSeconds = epochSeconds;
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> make(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, MAKING);
    final Subject id = new Subject(random.nextLong(), random.nextLong());
    return put(question, id, body, members(body), 201, writing);
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> change(Request question, String group, Executor writing) {
    final JsonBody body = JsonBody.read(question, CHANGING);
    final Subject id;
    try {
      id = Subject.ofHex(group);
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("group", "is not 32 hexadecimal digits");
    }
    if (body.has("dissolved")) {
      for (final String field : MAKING) {
        if (body.has(field)) {
          throw body.ofField(field, "does not go with dissolved");
        }
      }
      if (!body.flag("dissolved")) {
        throw body.ofField("dissolved", "is not true");
      }
      requireThere(id);
      return submit(question, id, new byte[0])
          .thenApplyAsync(applied -> Response.json(200, StatusResource.json(applied)), writing);
    }
    final byte[] members = members(body);
    requireThere(id);
    return put(question, id, body, members, 200, writing);
  }

  private void requireThere(Subject id) {
    final byte[] members = log.documents().find(DocumentCommand.Kind.GROUP, id.toBytes());
    if (members == null || members.length == 0) {
      throw Problem.of(404, "unknown-group", "there is no such group, or it is dissolved");
    }
  }

  private CompletableFuture<Response> put(
      Request question, Subject id, JsonBody body, byte[] members, int status, Executor writing) {
    final int ttlSeconds =
        body.number("ttlSeconds", 1, Limits.MAX_GROUP_CODE_SECONDS, Limits.MAX_GROUP_CODE_SECONDS);
    mint.require();
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    requireKnown(members);
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    final Sm3 sm3 = new Sm3();
    sm3.update(members, 0, members.length);
    sm3.digest(digest, 0);
    final int size = members.length / Subject.BYTES;
    final CodeClaims claims =
        CodeClaims.of(CodeKind.GROUP, id.toBytes())
            .colour(Colour.GREEN)
            .serial(mint.serial())
            .group(size, digest)
            .validity(now, now + ttlSeconds)
            .build();
    return submit(question, id, members)
        .thenApplyAsync(
            applied -> {
              if (applied.outcome() != Applied.Outcome.APPLIED) {
                throw Problem.of(503, "map-full", "the log has no room for another group");
              }
              return Response.json(
                  status,
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("group", id.toHex())
                      .put("size", size)
                      .put("digest", HexFormat.of().formatHex(digest))
                      .put("code", mint.issue(key, claims))
                      .put("expires", Instant.ofEpochSecond(now + ttlSeconds).toString())
                      .put("version", applied.version()));
            },
            writing);
  }

  private CompletableFuture<Applied> submit(Request question, Subject id, byte[] members) {
    return SignedChange.submit(log, question.nonce(), DocumentCommand.group(id, members));
  }

  /** The members' subjects, one after the other, in the order given. */
  private static byte[] members(JsonBody body) {
    final JsonNode members = body.array("members", Integer.MAX_VALUE);
    if (members.isEmpty()) {
      throw Problem.unprocessable("empty-group", "members", "is empty");
    }
    if (members.size() > CodeLimits.MAX_GROUP_SIZE) {
      throw Problem.unprocessable(
          "group-too-large",
          "members",
          "are " + members.size() + ", more than " + CodeLimits.MAX_GROUP_SIZE);
    }
    final ByteBuffer subjects = ByteBuffer.allocate(members.size() * Subject.BYTES);
    final Set<Subject> seen = new HashSet<>();
    for (int i = 0; i < members.size(); i++) {
      final Subject subject;
      try {
        subject = Subject.ofHex(members.get(i).isTextual() ? members.get(i).textValue() : "");
      } catch (IllegalArgumentException e) {
        throw body.ofField("members[" + i + "]", "is not 32 hexadecimal digits");
      }
      if (!seen.add(subject)) {
        throw Problem.unprocessable(
            "member-twice", "members[" + i + "]", "is in the group already");
      }
      subjects.put(subject.toBytes());
    }
    return subjects.array();
  }

  private void requireKnown(byte[] members) {
    final StatusRecord status = new StatusRecord();
    int unknown = -1;
    for (int at = 0; at < members.length && unknown < 0; at += Subject.BYTES) {
      if (!statusMap.get(members, at, status)) {
        unknown = at / Subject.BYTES;
      }
    }
    if (!log.isServing()) {
      throw Problem.rebuilding();
    }
    if (unknown >= 0) {
      throw Problem.unprocessable(
          "unknown-member", "members[" + unknown + "]", "is not in the map");
    }
  }
}
