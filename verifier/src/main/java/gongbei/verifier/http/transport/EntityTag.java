package gongbei.verifier.http.transport;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells one content of a resource from another (RFC 9110 §8.8.3): 12 bytes of its SHA-256.
 *
 * @param text as in the field ETag, with its quotation marks
 */
public record EntityTag(String text) {
  private static final int BYTES = 12;

  public static EntityTag of(byte[] content) {
    try {
      final byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      return new EntityTag("\"" + HexFormat.of().formatHex(Arrays.copyOf(digest, BYTES)) + "\"");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether one of the fields If-None-Match names it, by the weak comparison of §13.1.2. */
  public boolean isNamedIn(List<String> fields) {
    return fields.stream()
        .flatMap(field -> Arrays.stream(field.split(",", -1)))
        .map(String::strip)
        .anyMatch(tag -> tag.equals("*") || tag.equals(text) || tag.equals("W/" + text));
  }
}
