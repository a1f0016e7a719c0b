package gongbei.verifier.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;

/**
 * Says verdicts and reasons in a language, with the words of Gongbei's own pages: {@code
 * gongbei/device-words.json} in the jar, which a device that is not written in Java can read too.
 * For any thread.
 */
public final class DeviceWords {
  /** The languages that there are, as BCP 47 tags. */
  public static final List<String> LANGUAGES = List.of("zh-Hans", "zh-Hant", "pt", "en");

  private static final String RESOURCE = "/gongbei/device-words.json";

  private final JsonNode words;
  private final String language;

  private DeviceWords(JsonNode words, String language) {
    this.words = words;
    this.language = language;
  }

  /**
   * Reads the words of a language.
   *
   * @param language one of {@link #LANGUAGES}
   * @throws IllegalArgumentException where it is another
   */
  public static DeviceWords in(String language) {
    if (!LANGUAGES.contains(language)) {
      throw new IllegalArgumentException(
          "language is " + language + ", none of " + String.join(", ", LANGUAGES));
    }
    try (InputStream json = DeviceWords.class.getResourceAsStream(RESOURCE)) {
      return new DeviceWords(new ObjectMapper().readTree(json), language);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says what to do; a verdict that is not known says what {@code hold} does. */
  public String of(VerdictCode verdict) {
    final String name =
        verdict == VerdictCode.PASS || verdict == VerdictCode.REFUSE ? wireName(verdict) : "hold";
    return said("verdicts", name);
  }

  /** Says why; a reason that is not known says that the code was not checked. */
  public String of(ReasonCode reason) {
    final String name = wireName(reason);
    return words.path("reasons").has(name) ? said("reasons", name) : said("others", "error");
  }

  /** Says that there is no server, so that the code was not checked. */
  public String unreachable() {
    return said("others", "unreachable");
  }

  private String said(String kind, String name) {
    return words.path(kind).path(name).path("words").path(language).textValue();
  }

  private static String wireName(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
