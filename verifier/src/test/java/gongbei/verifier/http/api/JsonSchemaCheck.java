package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.util.List;

/** Holds JSON against the schemas of an OpenAPI 3.1 document, which are JSON Schema 2020-12. */
final class JsonSchemaCheck {
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final JsonNode document;

  JsonSchemaCheck(JsonNode document) {
    this.document = document;
  }

  /** What a reference leads to, or the node itself. */
  JsonNode resolve(JsonNode node) {
    if (!node.has("$ref")) {
      return node;
    }
    final JsonNode target = document.at(node.get("$ref").textValue().substring(1));
    if (target.isMissingNode()) {
      throw new IllegalStateException(node + " leads nowhere");
    }
    return resolve(target);
  }

  /** The faults of a value, each with its place; none where it is as the schema says. */
  List<String> faults(JsonNode schema, JsonNode value) {
    // References lead into the document's components, from wherever a schema stands.
    final ObjectNode whole = schema.deepCopy();
    whole.set("components", document.get("components"));
    return SCHEMAS.getSchema(whole).validate(value).stream().map(Error::toString).toList();
  }
}
