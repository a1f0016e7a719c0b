package gongbei.verifier.cli.remote;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.cli.exit.CommandException;

/**
 * Reads a node's answers as records and writes records as requests. A member that a record does not
 * have is ignored, since a newer node may send it; one that the answer does not have is null, zero
 * or false. For any thread.
 */
public final class NodeJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private NodeJson() {}

  /**
   * Reads an answer.
   *
   * @throws CommandException where a member is of another type than the record's
   */
  public static <T> T read(JsonNode answer, Class<T> type) {
    try {
      return MAPPER.treeToValue(answer, type);
    } catch (JsonProcessingException e) {
      throw CommandException.unreachable("the answer is not what a node answers there");
    }
  }

  /** Writes a record as an object; components that are null are left out. */
  public static ObjectNode write(Record value) {
    return MAPPER.valueToTree(value);
  }
}
