package gongbei.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.map.Subject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A holder's wallet as the page has it: refreshes its code three quarters through its life, keeps a
 * strip of reserve codes, waits with jitter where none can be had, and shows a reserve code only
 * when its own has ended. For any thread.
 */
final class OutageWallet {
  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 15_000;
  private static final int MAX_DOUBLINGS = 4;

  /** Of a code that has less left, the next is shown: it may end on its way to the checkpoint. */
  private static final long LEAST_LEFT_MILLIS = 500;

  private final Subject subject;
  private final MintOutagePlan plan;
  private final Random random;
  private String code = "";
  private long expiresMillis;
  private long dueMillis;
  private List<String> strip = List.of();
  private long stripMillis;
  private int failures;

  /** What a wallet shows. */
  record Shown(String code, boolean isReserve) {}

  OutageWallet(Subject subject, MintOutagePlan plan, long seed) {
    this.subject = subject;
    this.plan = plan;
    this.random = new Random(seed);
  }

  Subject subject() {
    return subject;
  }

  /** Is opened at a time. */
  synchronized void opensAt(long millis) {
    dueMillis = millis;
  }

  /** Whether it shows a code of its own and has reserve codes through an outage that begins now. */
  synchronized boolean isReady(long nowMillis) {
    return isFresh(nowMillis) && reserve(nowMillis + plan.outageSeconds() * 1_000L).isPresent();
  }

  /** When it asks for its next code, in milliseconds since 1970. */
  synchronized long dueMillis() {
    return dueMillis;
  }

  /** Adds to a request what this wallet asks for. */
  synchronized void ask(ObjectNode body, long nowMillis) {
    body.put("subject", subject.toHex()).put("ttlSeconds", plan.codeSeconds());
    if (place(nowMillis) * 3 >= strip.size()) {
      body.put("reserve", plan.stripCodes()).put("reserveSeconds", plan.reserveSeconds());
    }
  }

  /** Takes a code, and the strip that came with it. */
  synchronized void took(JsonNode answer, long nowMillis) {
    code = answer.path("code").asText();
    expiresMillis = Instant.parse(answer.path("expires").asText()).toEpochMilli();
    dueMillis = nowMillis + plan.codeSeconds() * 750L;
    failures = 0;
    final JsonNode reserve = answer.path("reserve");
    if (reserve.has("codes")) {
      final List<String> codes = new ArrayList<>();
      reserve.path("codes").forEach(each -> codes.add(each.asText()));
      strip = codes;
      stripMillis = Instant.parse(reserve.path("start").asText()).toEpochMilli();
    }
  }

  /** Waits as long as was asked for, longer with each failure, until a moment of its own. */
  synchronized void failed(long nowMillis, long askedMillis) {
    final long wait =
        Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures, MAX_DOUBLINGS));
    failures++;
    dueMillis =
        nowMillis + Math.max(askedMillis, wait / 2 + (long) (random.nextDouble() * wait / 2));
  }

  /** The code on the screen: its own while that lives, else the reserve code of the time. */
  synchronized Optional<Shown> shown(long nowMillis) {
    if (expiresMillis - nowMillis >= LEAST_LEFT_MILLIS) {
      return Optional.of(new Shown(code, false));
    }
    return reserve(nowMillis).map(each -> new Shown(each, true));
  }

  /** Whether a code of its own is on the screen. */
  synchronized boolean isFresh(long nowMillis) {
    return expiresMillis > nowMillis;
  }

  /** The reserve code of a time. */
  synchronized Optional<String> reserve(long nowMillis) {
    final int at = place(nowMillis + LEAST_LEFT_MILLIS);
    return at >= 0 && at < strip.size() ? Optional.of(strip.get(at)) : Optional.empty();
  }

  private int place(long millis) {
    return (int) Math.floorDiv(millis - stripMillis, plan.reserveSeconds() * 1_000L);
  }
}
