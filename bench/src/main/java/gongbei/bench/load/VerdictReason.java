package gongbei.bench.load;

import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.rules.Reason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Finds the reason in a verdict of JSON, as the scanner protocol numbers it. For any thread. */
final class VerdictReason {
  private static final byte[] REASON = "\"reason\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_CHARACTERS = 32;
  private static final Map<String, Integer> REASONS = new HashMap<>();

  static {
    for (final Reason reason : Reason.values()) {
      REASONS.put(reason.wireName(), (int) ReasonCode.valueOf(reason.name()).value());
    }
  }

  private VerdictReason() {}

  /** The reason between two places of a buffer; 0 where there is none that is known. */
  static int of(ByteBuffer json, int from, int to) {
    for (int at = from; at <= to - REASON.length; at++) {
      if (json.get(at) == '"' && isAt(json, at)) {
        return named(json, at + REASON.length, to);
      }
    }
    return 0;
  }

  private static boolean isAt(ByteBuffer json, int at) {
    int same = 1;
    while (same < REASON.length && json.get(at + same) == REASON[same]) {
      same++;
    }
    return same == REASON.length;
  }

  private static int named(ByteBuffer json, int start, int to) {
    final byte[] name = new byte[MOST_CHARACTERS];
    int length = 0;
    while (length < MOST_CHARACTERS && start + length < to && json.get(start + length) != '"') {
      name[length] = json.get(start + length);
      length++;
    }
    return REASONS.getOrDefault(new String(name, 0, length, StandardCharsets.US_ASCII), 0);
  }
}
