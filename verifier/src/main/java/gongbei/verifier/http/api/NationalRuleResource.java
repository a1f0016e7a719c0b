package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.http.transport.ConditionalResponse;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.national.NationalDocument;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.NationalRules;
import gongbei.verifier.rules.RulesetStore;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code PUT /v1/foreign-rules/{country}} and {@code GET /v1/foreign-rules}: the entry rules of a
 * country, or the value sets of all, through the log to every node. What is broken, from the future
 * or for another engine is refused before it comes into the log. For any thread.
 */
final class NationalRuleResource {
  private static final Set<String> RULES = Set.of("revision", "rules");
  private static final Set<String> SETS = Set.of("revision", "valueSets");

  private final CommandLog log;
  private final RulesetStore store;
  private final ConditionalResponse inForce = new ConditionalResponse();

  NationalRuleResource(CommandLog log, RulesetStore store) {
    this.log = log;
    this.store = store;
  }

  /**
   * @param name a country, or {@link NationalDocuments#VALUE_SETS}
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String name, Executor writing) {
    final boolean isOfSets = name.equals(NationalDocuments.VALUE_SETS);
    if (!isOfSets && !NationalDocuments.isCountry(name)) {
      throw Problem.ofField("country", "is neither two capital letters nor value-sets");
    }
    final JsonNode json = JsonBody.readDeep(question, isOfSets ? SETS : RULES).copy();
    if (json.toString().getBytes(StandardCharsets.UTF_8).length
        > ClientLimits.MAX_NATIONAL_RULES_BYTES) {
      throw Problem.ofField(
          isOfSets ? "valueSets" : "rules",
          "are longer than " + ClientLimits.MAX_NATIONAL_RULES_BYTES + " bytes");
    }
    final byte[] content = NationalDocuments.deflate(json);
    if (content.length > DocumentCommand.MAX_CONTENT_BYTES) {
      throw Problem.ofField(
          isOfSets ? "valueSets" : "rules",
          "are longer than " + DocumentCommand.MAX_CONTENT_BYTES + " bytes when they are deflated");
    }
    final NationalDocument document;
    try {
      document = NationalDocuments.read(name, json);
      final Map<String, byte[]> all = new HashMap<>(log.documents().nationalRules());
      all.put(name, content);
      final NationalRules unused = NationalDocuments.compile(all);
    } catch (NationalRuleException e) {
      throw Problem.ofField(e.path(), e.reason());
    }
    return SignedChange.submit(
            log,
            question.nonce(),
            DocumentCommand.nationalRules(name, document.revision(), content))
        .thenApplyAsync(applied -> Response.json(200, StatusResource.json(applied)), writing);
  }

  Response get(Request question) {
    return inForce.answer(question, store.current().national(), NationalRuleResource::json);
  }

  private static Response json(NationalRules rules) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ObjectNode countries = answer.putObject("countries");
    for (final NationalDocument document : rules.documents()) {
      if (document.name().equals(NationalDocuments.VALUE_SETS)) {
        answer.set("valueSets", NationalDocuments.json(document));
      } else {
        countries.set(document.name(), NationalDocuments.json(document));
      }
    }
    return Response.json(200, answer);
  }
}
