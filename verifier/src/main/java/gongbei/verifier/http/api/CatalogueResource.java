package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.http.transport.ConditionalResponse;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetJson;
import gongbei.verifier.rules.Rulesets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * {@code GET /v1/issuers}, {@code /v1/rulesets} and {@code /openapi.yaml}: what a node goes by,
 * answered with 304 where the client has it. For any thread.
 */
final class CatalogueResource {
  private final ApiContext<?> context;
  private final byte[] openApi = openApiDocument();
  private final ConditionalResponse issuers = new ConditionalResponse();
  private final ConditionalResponse rulesetsInForce = new ConditionalResponse();
  private final ConditionalResponse document = new ConditionalResponse();

  CatalogueResource(ApiContext<?> context) {
    this.context = context;
  }

  Response issuers(Request request) {
    return issuers.answer(request, context.trust().current(), CatalogueResource::json);
  }

  Response rulesets(Request request) {
    return rulesetsInForce.answer(request, context.rulesets().current(), CatalogueResource::json);
  }

  Response openApi(Request request) {
    return document.answer(request, openApi, bytes -> Response.of("application/yaml", bytes));
  }

  /** Returns the document as it is served, with the names of all reasons. */
  static byte[] openApiDocument() {
    return new String(resource("/gongbei/openapi.yaml"), StandardCharsets.UTF_8)
        .replace("[reasons]", Reason.wireNames())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Response json(TrustList list) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode issuers = answer.putArray("issuers");
    for (final IssuerKey key : list.keys()) {
      final ObjectNode issuer =
          issuers
              .addObject()
              .put("issuer", key.issuer())
              .put("kid", key.kidHex())
              .put("algorithm", key.algorithm().name())
              .put("notBefore", Instant.ofEpochSecond(key.notBeforeEpochSeconds()).toString())
              .put("notAfter", Instant.ofEpochSecond(key.notAfterEpochSeconds()).toString());
      final ArrayNode formats = issuer.putArray("formats");
      key.formats().stream().sorted().map(CodeFormat::name).forEach(formats::add);
    }
    return Response.json(200, answer);
  }

  private static Response json(Rulesets inForce) {
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    final ArrayNode rulesets = answer.putArray("rulesets");
    for (final Ruleset ruleset : inForce.all()) {
      rulesets.add(RulesetJson.of(ruleset));
    }
    return Response.json(200, answer);
  }

  private static byte[] resource(String name) {
    try (InputStream bytes = CatalogueResource.class.getResourceAsStream(name)) {
      return bytes.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
