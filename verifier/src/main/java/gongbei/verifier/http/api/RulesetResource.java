package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetException;
import gongbei.verifier.rules.RulesetReader;
import gongbei.verifier.rules.RulesetStore;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * {@code PUT /v1/rulesets/{name}}: the rules of a kind of checkpoint, through the log to every
 * node. For any thread.
 */
public final class RulesetResource {
  private static final Set<String> FIELDS = fields();

  private final CommandLog log;
  private final RulesetStore store;

  RulesetResource(CommandLog log, RulesetStore store) {
    this.log = log;
    this.store = store;
  }

  /** Its name is in the path. */
  private static Set<String> fields() {
    final Set<String> fields = new HashSet<>(RulesetReader.KEYS);
    fields.remove("name");
    return fields;
  }

  /**
   * @param writing where the answer is put together, off the log's thread
   */
  CompletableFuture<Response> put(Request question, String name, Executor writing) {
    final ObjectNode settings = JsonBody.read(question, FIELDS).copy().put("name", name);
    final String text = settings.toString();
    final Ruleset ruleset = read(text);
    if (store.current().find(name) == null
        && store.current().all().size() >= ClientLimits.MAX_RULESETS) {
      throw Problem.ofField("name", "is one more than " + ClientLimits.MAX_RULESETS + " rulesets");
    }
    return SignedChange.submit(
            log, question.nonce(), DocumentCommand.ruleset(name, ruleset.version(), text))
        .thenApplyAsync(applied -> Response.json(200, StatusResource.json(applied)), writing);
  }

  private static Ruleset read(String text) {
    try {
      return RulesetReader.read(
          "the ruleset", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (RulesetException e) {
      throw e.field() == null
          ? Problem.of(400, "malformed-json", e.getMessage())
          : Problem.ofField(e.field(), e.reason());
    }
  }
}
