package gongbei.verifier.rules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The words of every reason in every language of the pages: {@code gongbei/reason-words.json},
 * which pages and devices both take theirs from.
 */
public final class ReasonWords {
  private static final String RESOURCE = "/gongbei/reason-words.json";

  private ReasonWords() {}

  /**
   * Returns the words of a language under the keys that the pages use: {@code reason.red} for the
   * sentence, {@code short.red} for the few words of a list.
   *
   * @param language a BCP 47 tag, as in {@code zh-Hans}
   * @throws IllegalStateException if a reason has no words in that language
   */
  public static Map<String, String> in(String language) {
    final JsonNode words = read();
    final Map<String, String> byKey = new LinkedHashMap<>();
    for (final Reason reason : Reason.values()) {
      final JsonNode said = words.path(reason.wireName()).path(language);
      for (final String kind : new String[] {"reason", "short"}) {
        if (!said.path(kind).isTextual()) {
          throw new IllegalStateException(
              RESOURCE + " has no " + kind + " of " + reason.wireName() + " in " + language);
        }
        byKey.put(kind + "." + reason.wireName(), said.path(kind).textValue());
      }
    }
    return byKey;
  }

  private static JsonNode read() {
    try (InputStream json = ReasonWords.class.getResourceAsStream(RESOURCE)) {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
