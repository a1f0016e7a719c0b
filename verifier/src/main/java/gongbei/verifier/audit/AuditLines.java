package gongbei.verifier.audit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Region;
import gongbei.codec.signature.Sm3;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The lines of an audit log, one JSON object each: {@code start} first, then {@code receipt}s,
 * {@code lookup}s and {@code head}s. Each but the first names in {@code previous} the SM3 of the
 * line before it, its bytes without the line's end; a head is signed, and with it all that stands
 * before it. A file that follows another begins with {@code continue}, whose {@code previous} is
 * the last line, a head, of the file before.
 */
final class AuditLines {
  static final String START = "start";
  static final String CONTINUE = "continue";
  static final String RECEIPT = "receipt";
  static final String LOOKUP = "lookup";
  static final String HEAD = "head";
  static final int MAX_LINE_BYTES = 2_048;

  private static final ObjectReader JSON =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .reader();

  private AuditLines() {}

  static String start(String id, Region region, long atEpochSeconds) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", START)
        .put("n", 0)
        .put("log", id)
        .put("region", region.wireName())
        .put("at", time(atEpochSeconds))
        .toString();
  }

  static String continued(long number, byte[] previous, Region region, long atEpochSeconds) {
    return opened(CONTINUE, number, previous, atEpochSeconds)
        .put("region", region.wireName())
        .toString();
  }

  static String receipt(long number, byte[] previous, Receipt receipt, long atEpochSeconds) {
    final ObjectNode line = opened(RECEIPT, number, previous, atEpochSeconds);
    line.put("from", receipt.from().wireName())
        .put("to", receipt.to().wireName())
        .put("source", hex(receipt.source()));
    if (receipt.target() != null) {
      line.put("target", hex(receipt.target()));
    }
    return line.put("table", receipt.table()).put("outcome", receipt.outcome()).toString();
  }

  static String lookup(long number, byte[] previous, LookupRecord lookup, long atEpochSeconds) {
    return opened(LOOKUP, number, previous, atEpochSeconds)
        .put("key", lookup.kid())
        .put("document", lookup.documentType().wireName())
        .put("ruleset", lookup.ruleset())
        .put("outcome", lookup.outcome())
        .toString();
  }

  static String head(
      long number, byte[] previous, long atEpochSeconds, String kid, byte[] signature) {
    return opened(HEAD, number, previous, atEpochSeconds)
        .put("kid", kid)
        .put("signature", Base64.getEncoder().encodeToString(signature))
        .toString();
  }

  private static ObjectNode opened(String kind, long number, byte[] previous, long atEpochSeconds) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", kind)
        .put("n", number)
        .put("previous", hex(previous))
        .put("at", time(atEpochSeconds));
  }

  /** What the signature of a head is over. No code's signature is over anything that begins so. */
  static byte[] signedByHead(long number, String previousHex, String at) {
    return ("gongbei audit head\n" + number + "\n" + previousHex + "\n" + at + "\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  static JsonNode read(String line) throws JsonProcessingException {
    return JSON.readTree(line);
  }

  static String time(long epochSeconds) {
    return Instant.ofEpochSecond(epochSeconds).toString();
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  static byte[] digest(String line) {
    final byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    final byte[] digest = new byte[Sm3.DIGEST_BYTES];
    final Sm3 sm3 = new Sm3();
    sm3.update(bytes, 0, bytes.length);
    sm3.digest(digest, 0);
    return digest;
  }
}
