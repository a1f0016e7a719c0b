package gongbei.verifier.national;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.limits.ClientLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a rule says, in English and in other languages. Immutable; choosing allocates nothing. For
 * any thread.
 */
public final class RuleTexts {
  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2}(-[A-Za-z]{2,8})?");
  private static final String ENGLISH = "en";

  private final List<RuleText> all;
  private final RuleText english;

  /**
   * A text in a language.
   *
   * @param language as in {@code fr}
   * @param text as it was read
   * @param ascii the same as it stands between the quotes of JSON, of printable ASCII alone
   */
  public record RuleText(String language, String text, String ascii) {}

  private RuleTexts(List<RuleText> all, RuleText english) {
    this.all = List.copyOf(all);
    this.english = english;
  }

  static RuleTexts read(String source, String field, JsonNode json) throws NationalRuleException {
    final List<RuleText> all = new ArrayList<>();
    RuleText english = null;
    for (final JsonNode each : json) {
      final String language = each.path("lang").asText();
      final String text = each.path("desc").asText();
      if (!LANGUAGE.matcher(language).matches() || !each.path("desc").isTextual()) {
        throw new NationalRuleException(source, field, "holds other than lang and desc");
      }
      if (text.length() > ClientLimits.MAX_RULE_TEXT_CHARACTERS) {
        throw new NationalRuleException(
            source,
            field,
            "has a text of more than " + ClientLimits.MAX_RULE_TEXT_CHARACTERS + " characters");
      }
      final RuleText read = new RuleText(language.toLowerCase(Locale.ROOT), text, ascii(text));
      english = english == null && read.language().equals(ENGLISH) ? read : english;
      all.add(read);
    }
    if (!json.isArray() || english == null) {
      throw new NationalRuleException(source, field, "is not an array with a text in English (en)");
    }
    if (all.size() > ClientLimits.MAX_RULE_LANGUAGES) {
      throw new NationalRuleException(
          source, field, "is in more than " + ClientLimits.MAX_RULE_LANGUAGES + " languages");
    }
    return new RuleTexts(all, english);
  }

  private static String ascii(String text) {
    final StringBuilder ascii = new StringBuilder();
    for (final char each : JsonStringEncoder.getInstance().quoteAsString(text)) {
      if (each < 0x7F) {
        ascii.append(each);
      } else {
        ascii.append(String.format(Locale.ROOT, "\\u%04x", (int) each));
      }
    }
    return ascii.toString();
  }

  /** All of them. */
  public List<RuleText> all() {
    return all;
  }

  /** The text in English. */
  public RuleText english() {
    return english;
  }

  /**
   * The text in the first language of a list that there is one in, else in English. Of two texts in
   * one language the one counts that is written as the list has it: of {@code zh-hans} and {@code
   * zh-hant} the second for {@code zh-Hant}.
   *
   * @param languages as in Accept-Language (RFC 9110 §12.5.4); their weights do not count, since
   *     who sends them lists the preferred one first; may be empty
   */
  public RuleText in(String languages) {
    int start = 0;
    while (start < languages.length()) {
      int end = languages.indexOf(',', start);
      end = end < 0 ? languages.length() : end;
      while (start < end && languages.charAt(start) == ' ') {
        start++;
      }
      RuleText found = null;
      int same = 0;
      for (int i = 0; i < all.size(); i++) {
        final int more = sameSubtags(all.get(i).language(), languages, start, end);
        if (more > same) {
          found = all.get(i);
          same = more;
        }
      }
      if (found != null) {
        return found;
      }
      start = end + 1;
    }
    return english;
  }

  /** How many subtags of a range, from its first on, are those of a text's language. */
  private static int sameSubtags(String language, String languages, int start, int end) {
    int same = 0;
    for (int i = 0; i <= language.length(); i++) {
      final boolean isEnd = i == language.length();
      if (isEnd || language.charAt(i) == '-') {
        if (!endsSubtag(languages, start + i, end)) {
          return same;
        }
        same++;
      }
      if (isEnd
          || start + i >= end
          || Character.toLowerCase(languages.charAt(start + i)) != language.charAt(i)) {
        return same;
      }
    }
    return same;
  }

  private static boolean endsSubtag(String languages, int at, int end) {
    return at == end || (at < end && "-; ".indexOf(languages.charAt(at)) >= 0);
  }
}
