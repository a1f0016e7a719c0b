import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.ReasonWords;
import gongbei.verifier.rules.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes the words that a device shows, out of those of the pages and of the reasons: {@code
 * DeviceWords PAGES-WORDS FILE}. There is one source, so that a device says what a page says.
 */
final class DeviceWords {
  private static final List<String> LANGUAGES = List.of("zh-Hans", "zh-Hant", "pt", "en");
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private DeviceWords() {}

  public static void main(String[] arguments) throws IOException {
    final Path pages = Path.of(arguments[0]);
    final Path file = Path.of(arguments[1]);
    final ObjectNode words = JsonNodeFactory.instance.objectNode();
    final ObjectNode verdicts = words.putObject("verdicts");
    for (final Verdict verdict : Verdict.values()) {
      verdicts
          .putObject(verdict.wireName())
          .put("number", VerdictCode.valueOf(verdict.name()).value())
          .set("words", in(pages, "verdict." + verdict.wireName()));
    }
    final ObjectNode reasons = words.putObject("reasons");
    for (final Reason reason : Reason.values()) {
      reasons
          .putObject(reason.wireName())
          .put("number", ReasonCode.valueOf(reason.name()).value())
          .put("verdict", reason.verdict().wireName())
          .set("words", of(reason));
    }
    final ObjectNode others = words.putObject("others");
    for (final String other : List.of("unreachable", "error")) {
      others.putObject(other).set("words", in(pages, "reason." + other));
    }
    Files.createDirectories(file.getParent());
    Files.writeString(file, JSON.writeValueAsString(words) + "\n");
  }

  private static ObjectNode of(Reason reason) {
    final ObjectNode words = JsonNodeFactory.instance.objectNode();
    for (final String language : LANGUAGES) {
      words.put(language, ReasonWords.in(language).get("reason." + reason.wireName()));
    }
    return words;
  }

  private static ObjectNode in(Path pages, String key) throws IOException {
    final ObjectNode words = JsonNodeFactory.instance.objectNode();
    for (final String language : LANGUAGES) {
      final JsonNode word = JSON.readTree(pages.resolve(language + ".json").toFile()).path(key);
      if (!word.isTextual()) {
        throw new IOException(language + ".json has no " + key);
      }
      words.put(language, word.textValue());
    }
    return words;
  }
}
