package gongbei.verifier.http.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.time.Rfc3339;
import gongbei.replication.command.StatusCommand;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.status.StatusSource;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** A JSON object out of a request, read strictly: a field that is not known is a fault. */
public final class JsonBody implements StatusSource {
  private static final ObjectReader JSON = reader(Limits.MAX_JSON_DEPTH);
  private static final ObjectReader DEEP_JSON = reader(Limits.MAX_RULES_JSON_DEPTH);

  private final JsonNode object;
  private final String prefix;

  private JsonBody(JsonNode object, String prefix) {
    this.object = object;
    this.prefix = prefix;
  }

  private static ObjectReader reader(int depth) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(depth)
                        .maxNameLength(Limits.MAX_JSON_NAME_CHARACTERS)
                        .maxStringLength(Limits.MAX_HTTP_BODY_BYTES)
                        .maxNumberLength(32)
                        .build())
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build()
        .reader();
  }

  /** Reads a request's body, which must be an object of no other than these fields. */
  public static JsonBody read(Request question, Set<String> fields) {
    return read(question, fields, JSON, Limits.MAX_JSON_DEPTH);
  }

  /** The same of a body that holds expressions, which nest deeper. */
  static JsonBody readDeep(Request question, Set<String> fields) {
    return read(question, fields, DEEP_JSON, Limits.MAX_RULES_JSON_DEPTH);
  }

  private static JsonBody read(
      Request question, Set<String> fields, ObjectReader reader, int depth) {
    requireJson(question);
    final JsonNode read;
    try {
      read = reader.readTree(question.body());
    } catch (StreamConstraintsException e) {
      throw malformed(
          e, "nests deeper than " + depth + " or holds a name or number that is too long");
    } catch (MismatchedInputException e) {
      throw malformed(e, "goes on after its value");
    } catch (JsonProcessingException e) {
      throw isRepetition(e)
          ? Problem.ofField("repeated-member", placeOf(e), "is given twice")
          : malformed(e, "is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw Problem.of(400, "malformed-json", "the body is not JSON in UTF-8");
    }
    return new JsonBody(read, "").check(fields);
  }

  /**
   * Refuses what is not said to be JSON. Who shows no key must say it: a page of another site can
   * have a browser send a body without a type, or of a form's, and nothing else without asking.
   */
  private static void requireJson(Request question) {
    final String contentType =
        question
            .headers()
            .get(HttpHeaderNames.CONTENT_TYPE, question.caller().isNamed() ? Response.JSON : "");
    final int parameters = contentType.indexOf(';');
    final String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    if (!type.strip().equalsIgnoreCase(Response.JSON)) {
      throw Problem.of(415, "unsupported-media-type", "Content-Type is not application/json")
          .with("Accept", Response.JSON);
    }
  }

  private static Problem malformed(JsonProcessingException e, String fault) {
    final JsonLocation where = e.getLocation();
    return Problem.of(
        400,
        "malformed-json",
        where == null
            ? "the body " + fault
            : "the body, at line "
                + where.getLineNr()
                + " column "
                + where.getColumnNr()
                + ", "
                + fault);
  }

  /** Whether a member was met a second time (RFC 8259 §4 wants their names to differ). */
  private static boolean isRepetition(JsonProcessingException e) {
    return e.getOriginalMessage().startsWith("Duplicate field ")
        && e.getProcessor() instanceof JsonParser;
  }

  /** Where a parser stood, as in {@code statuses[3].colour}. */
  private static String placeOf(JsonProcessingException e) {
    final StringBuilder place = new StringBuilder();
    JsonPointer pointer = ((JsonParser) e.getProcessor()).getParsingContext().pathAsPointer();
    for (; !pointer.matches(); pointer = pointer.tail()) {
      if (pointer.mayMatchElement()) {
        place.append('[').append(pointer.getMatchingIndex()).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(pointer.getMatchingProperty());
      }
    }
    return place.toString();
  }

  private JsonBody check(Set<String> fields) {
    if (object == null || !object.isObject()) {
      throw Problem.of(
          400, "malformed-json", (prefix.isEmpty() ? "the body" : prefix) + " is not an object");
    }
    for (final Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
      final String name = names.next();
      if (!fields.contains(name)) {
        throw Problem.ofField(prefix + name, "is not a field of this request");
      }
    }
    return this;
  }

  /** All of it. */
  ObjectNode copy() {
    return object.deepCopy();
  }

  @Override
  public boolean has(String field) {
    return object.has(field);
  }

  @Override
  public String text(String field, int maxCharacters) {
    final JsonNode node = object.path(field);
    if (node.isMissingNode()) {
      throw ofField(field, "is missing");
    }
    if (!node.isTextual()) {
      throw ofField(field, "is not text");
    }
    if (node.textValue().length() > maxCharacters) {
      throw ofField(field, "is longer than " + maxCharacters + " characters");
    }
    return node.textValue();
  }

  String text(String field, int maxCharacters, String preset) {
    return has(field) ? text(field, maxCharacters) : preset;
  }

  boolean flag(String field) {
    final JsonNode node = object.path(field);
    if (!node.isMissingNode() && !node.isBoolean()) {
      throw ofField(field, "is neither true nor false");
    }
    return node.booleanValue();
  }

  @Override
  public int number(String field, int least, int greatest, int preset) {
    final JsonNode node = object.path(field);
    if (node.isMissingNode()) {
      return preset;
    }
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > greatest) {
      throw ofField(field, "is not a whole number from " + least + " to " + greatest);
    }
    return node.intValue();
  }

  /** A whole number of a field that must be there. */
  long wholeNumber(String field, long least) {
    final JsonNode node = object.path(field);
    if (node.isMissingNode()) {
      throw ofField(field, "is missing");
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < least) {
      throw ofField(field, "is not a whole number of " + least + " or more");
    }
    return node.longValue();
  }

  @Override
  public long epochSeconds(String field) {
    try {
      final long seconds = Rfc3339.epochSeconds(text(field, Rfc3339.MAX_CHARACTERS));
      if (seconds >= 0 && seconds <= StatusCommand.MAX_EPOCH_SECONDS) {
        return seconds;
      }
    } catch (IllegalArgumentException e) {
      throw ofField(field, e.getMessage());
    }
    throw ofField(field, "is not from 1970 to 9999");
  }

  /** The place of a field's text among the choices. */
  int choice(String field, String... choices) {
    final String chosen = text(field, 64);
    for (int i = 0; i < choices.length; i++) {
      if (choices[i].equals(chosen)) {
        return i;
      }
    }
    throw ofField(field, "is not one of " + String.join(", ", choices));
  }

  /** The array of a field. */
  JsonNode array(String field, int maxItems) {
    final JsonNode node = object.path(field);
    if (!node.isArray()) {
      throw ofField(field, "is not an array");
    }
    if (node.size() > maxItems) {
      throw ofField(field, "has more than " + maxItems + " items");
    }
    return node;
  }

  /** The objects in the array of a field, each of no other than these fields. */
  JsonBody item(JsonNode array, String field, int index, Set<String> fields) {
    return new JsonBody(array.get(index), prefix + field + "[" + index + "].").check(fields);
  }

  @Override
  public List<String> words(String field, int maxWords) {
    if (!has(field)) {
      return List.of();
    }
    final List<String> words = new ArrayList<>();
    for (final JsonNode word : array(field, maxWords)) {
      words.add(word.isTextual() ? word.textValue() : "");
    }
    return words;
  }

  /** Where a field of this object stands in the body, as in {@code statuses[3].ground}. */
  String place(String field) {
    return prefix + field;
  }

  /** A fault of a field of this object. */
  @Override
  public Problem ofField(String field, String reason) {
    return Problem.ofField(prefix + field, reason);
  }
}
