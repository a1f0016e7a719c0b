package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gongbei.codec.code.CodeLimits;
import gongbei.verifier.revocation.RevocationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.OptionalLong;

/** Reads the fields that published revocation lists have in common, strictly. */
final class ListJson {
  /** What a list says for a kid that is not known. */
  private static final String UNKNOWN_KID = "UNKNOWN_KID";

  private static final int KID_BYTES = 8;
  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private ListJson() {}

  /** Reads JSON; a member that is given twice is a fault. */
  static JsonNode parse(byte[] json) throws RevocationException {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new RevocationException("", "JSON", "is none: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new RevocationException("", "JSON", "is none in UTF-8");
    }
  }

  /** Reads text. */
  static String text(JsonNode parent, String path, String field) throws RevocationException {
    final JsonNode text = parent.path(field);
    if (!text.isTextual()) {
      throw new RevocationException(
          "", path + field, text.isMissingNode() || text.isNull() ? "is missing" : "is not text");
    }
    return text.textValue();
  }

  /** Reads a time of RFC 3339 as epoch seconds. */
  static long time(String text, String path) throws RevocationException {
    try {
      final long seconds = OffsetDateTime.parse(text).toEpochSecond();
      if (seconds > 0 && seconds <= CodeLimits.MAX_EPOCH_SECONDS) {
        return seconds;
      }
    } catch (DateTimeException e) {
      // Told below.
    }
    throw new RevocationException("", path, "is not a time with its zone, from 1970 to 9999");
  }

  /** Reads a kid of 8 bytes in Base64; empty where the list says that it is not known. */
  static OptionalLong kid(String text, String path) throws RevocationException {
    if (text.equals(UNKNOWN_KID)) {
      return OptionalLong.empty();
    }
    final byte[] kid = base64(text, path);
    if (kid.length != KID_BYTES) {
      throw new RevocationException("", path, "is neither 8 bytes in Base64 nor UNKNOWN_KID");
    }
    return OptionalLong.of(ByteBuffer.wrap(kid).getLong());
  }

  /** Reads Base64 strictly. */
  static byte[] base64(String text, String path) throws RevocationException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new RevocationException("", path, "is not Base64");
    }
  }
}
