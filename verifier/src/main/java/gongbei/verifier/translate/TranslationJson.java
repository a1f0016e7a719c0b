package gongbei.verifier.translate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.translate.Translation;
import java.time.Instant;

/** Writes translations in JSON, as HTTP and the command line give them. */
public final class TranslationJson {
  private TranslationJson() {}

  /** The new code of a translation that is one, and what it is. */
  public static ObjectNode of(Translation translation) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", translation.code())
        .put(
            "expires",
            Instant.ofEpochSecond(translation.claims().expiresAtEpochSeconds()).toString())
        .put("from", translation.from().orElseThrow().wireName())
        .put("colour", translation.claims().colour().wireName())
        .put("table", translation.table());
  }
}
