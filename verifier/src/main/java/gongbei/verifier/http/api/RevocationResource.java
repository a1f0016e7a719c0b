package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.http.transport.ConditionalResponse;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationSet;
import gongbei.verifier.revocation.RevocationSource;
import gongbei.verifier.rules.RulesetStore;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code PUT /v1/revocations/{name}}, {@code GET /v1/revocations} and {@code GET
 * /v1/revocations/{source}}: lists of revoked foreign codes and where they come from, through the
 * log to every node. What is broken is refused before it comes into the log. For any thread.
 */
final class RevocationResource {
  private static final Set<String> SOURCE = Set.of("revision", "format", "importedAt", "expiresAt");
  private static final Set<String> LIST = Set.of("revision", "content");
  private static final int MAX_CONTENT_CHARACTERS =
      (ClientLimits.MAX_REVOCATION_LIST_BYTES + 2) / 3 * 4;

  private final CommandLog log;
  private final RulesetStore store;
  private final ConditionalResponse inForce = new ConditionalResponse();

  RevocationResource(CommandLog log, RulesetStore store) {
    this.log = log;
    this.store = store;
  }

  /**
   * @param name a source, or a list of one
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String name, Executor writing) {
    final boolean isSource = RevocationSource.isName(name);
    if (!isSource && !RevocationSource.isListName(name)) {
      throw Problem.ofField(
          "name", "is neither the name of a source, as in eu, nor of a list of one, as in eu.1");
    }
    final JsonBody body = JsonBody.read(question, isSource ? SOURCE : LIST);
    if (!body.has("revision")) {
      throw body.ofField("revision", "is missing");
    }
    final long revision = body.wholeNumber("revision", 1);
    final byte[] content = isSource ? source(name, body) : list(name, body);
    return SignedChange.submit(
            log, question.nonce(), DocumentCommand.revocations(name, revision, content))
        .thenApplyAsync(applied -> Response.json(200, StatusResource.json(applied)), writing);
  }

  private static byte[] source(String name, JsonBody body) {
    final ObjectNode json = body.copy();
    json.remove("revision");
    if (json.isEmpty()) {
      return new byte[0];
    }
    try {
      return RevocationSource.read(name, json).content();
    } catch (RevocationException e) {
      throw Problem.ofField(e.field(), e.reason());
    }
  }

  private static byte[] list(String name, JsonBody body) {
    if (!body.has("content")) {
      return new byte[0];
    }
    try {
      final byte[] content =
          Base64.getDecoder().decode(body.text("content", MAX_CONTENT_CHARACTERS));
      return RevocationList.read(name, content).content();
    } catch (IllegalArgumentException e) {
      throw body.ofField("content", "is not Base64");
    } catch (RevocationException e) {
      throw Problem.ofField("content." + e.field(), e.reason());
    }
  }

  Response get(Request question) {
    return inForce.answer(question, store.current().revoked(), RevocationResource::json);
  }

  private static Response json(RevocationSet revoked) {
    final TreeMap<String, ObjectNode> sources = new TreeMap<>();
    for (final RevocationSource each : revoked.sources()) {
      sources.put(each.name(), each.json());
    }
    for (final RevocationList list : revoked.lists()) {
      final ObjectNode source =
          sources.computeIfAbsent(
              RevocationSource.ofList(list.name()), none -> JsonNodeFactory.instance.objectNode());
      source.put("lists", source.path("lists").asInt() + 1);
      source.put("hashes", source.path("hashes").asInt() + list.size());
    }
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("hashes", revoked.size());
    answer.set("sources", JsonNodeFactory.instance.objectNode().setAll(sources));
    return Response.json(200, answer);
  }

  /** The lists of a source. */
  Response lists(String name) {
    final ArrayNode lists = JsonNodeFactory.instance.arrayNode();
    for (final RevocationList list : store.current().revoked().lists()) {
      if (RevocationSource.ofList(list.name()).equals(name)) {
        lists.add(json(list));
      }
    }
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.set("lists", lists);
    return Response.json(200, answer);
  }

  private static ObjectNode json(RevocationList list) {
    final RevocationScope scope = list.scope();
    final ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", list.name());
    final ArrayNode types = json.putArray("types");
    scope.types().stream().sorted().forEach(type -> types.add(type.wireName()));
    if (!scope.country().isEmpty()) {
      json.put("country", scope.country());
    }
    if (scope.kid().isPresent()) {
      json.put("kid", HexFormat.of().toHexDigits(scope.kid().getAsLong()));
    }
    return json.put("expiresAt", scope.expiresAtEpochSeconds()).put("hashes", list.size());
  }
}
