package gongbei.codec.code;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts the parts together of SMART Health Cards that were cut into several QR codes, as they are
 * read one after the other. A whole card becomes its JWS, which is half as long as its digits. Not
 * for the scan path. For one thread.
 */
public final class HealthCardParts {
  private static final Pattern PART = Pattern.compile("(?i:shc:)/([0-9]{1,2})/([0-9]{1,2})/[0-9]+");

  private final Map<String, String> parts = new LinkedHashMap<>();
  private String count = "";

  /**
   * Takes a text that was read.
   *
   * @return the texts to go on with: the text itself where it is no part, a whole card where it is
   *     the last of its parts, and nothing where others are still missing; the parts of one card
   *     before those of another that it had not all of
   */
  public List<String> take(String text) {
    final Matcher part = PART.matcher(CodeText.of(text));
    if (!part.matches()) {
      return List.of(text);
    }
    final List<String> texts = new ArrayList<>();
    if (!part.group(2).equals(count)) {
      texts.addAll(rest());
    }
    count = part.group(2);
    parts.put(part.group(1), part.group());
    if (parts.size() == Integer.parseInt(count)) {
      texts.addAll(rest());
    }
    return texts;
  }

  /** How many parts of a card are there that is not whole yet. */
  public int size() {
    return parts.size();
  }

  /** What is there of a card that is not whole, as one text; nothing where there is none. */
  public List<String> rest() {
    if (parts.isEmpty()) {
      return List.of();
    }
    final String joined = String.join(" ", parts.values());
    parts.clear();
    count = "";
    return List.of(joined(joined));
  }

  private static String joined(String digits) {
    final byte[] text = digits.getBytes(StandardCharsets.US_ASCII);
    final byte[] jws = new byte[text.length];
    final int length = new HealthCardText(new CodeCursor()).decode(text, 0, text.length, jws);
    return length == HealthCode.ABSENT
        ? digits
        : new String(jws, 0, length, StandardCharsets.US_ASCII);
  }
}
