package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.mint.ReserveStrip;
import gongbei.verifier.net.BucketTimes;
import gongbei.verifier.server.MintAdmission;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * The strips of reserve codes that go with a code: who gets one, and how it is written. A strip
 * that there is no room for, or that is over its caller's quota, is left out, and the code comes
 * all the same. For any thread.
 */
final class ReserveDesk {
  private static final String RESERVE = "reserve";
  private static final String SECONDS = "reserveSeconds";
  private static final String KEY_CROWD = "crowd:key";
  private static final String ADDRESS_CROWD = "crowd:address";

  private final BucketTimes quota;

  ReserveDesk(LongSupplier nanoTime) {
    quota = new BucketTimes(Limits.MAX_RATE_BUCKETS, nanoTime);
  }

  /**
   * The strip that a request asks for; throws a {@link Problem} where it can't be.
   *
   * @param mayBe whether what is asked for is a code on a screen, as JSON
   */
  static Optional<ReserveStrip> asked(JsonBody body, boolean mayBe, long nowEpochSeconds) {
    if (!body.has(RESERVE)) {
      if (body.has(SECONDS)) {
        throw body.ofField(SECONDS, "goes with reserve");
      }
      return Optional.empty();
    }
    if (!mayBe) {
      throw body.ofField(RESERVE, "goes with a person's code as application/json alone");
    }
    final int count = body.number(RESERVE, 1, Integer.MAX_VALUE, 1);
    if (count > Limits.MAX_RESERVE_CODES) {
      throw Problem.ofField(
          "reserve-too-long",
          RESERVE,
          "is " + count + ", over the " + Limits.MAX_RESERVE_CODES + " codes of the longest strip");
    }
    final int seconds =
        body.number(
            SECONDS,
            Limits.MIN_RESERVE_SECONDS,
            Limits.MAX_RESERVE_SECONDS,
            Limits.DEFAULT_RESERVE_SECONDS);
    return Optional.of(new ReserveStrip(nowEpochSeconds, seconds, count));
  }

  /** Has a strip minted; empty at once where it is left out. */
  CompletableFuture<Optional<List<String>>> ask(
      MintAdmission codes, Subject subject, ReserveStrip strip, Caller caller) {
    final int perSecond =
        caller.isNamed() ? Limits.KEY_RESERVES_PER_SECOND : Limits.ADDRESS_RESERVES_PER_SECOND;
    final String crowd = caller.isNamed() ? KEY_CROWD : ADDRESS_CROWD;
    return quota.take(caller.id(), crowd, perSecond, strip.size()) >= 0
            && codes.mint(subject, strip)
        ? strip.done()
        : CompletableFuture.completedFuture(Optional.empty());
  }

  /** Writes a strip into the answer, or when to ask for one again. */
  static void put(
      ObjectNode answer, ReserveStrip strip, Optional<List<String>> codes, long nowEpochSeconds) {
    if (codes.isEmpty()) {
      answer.put(
          "reserveRetryAt",
          Instant.ofEpochSecond(nowEpochSeconds + Limits.RESERVE_RETRY_SECONDS).toString());
      return;
    }
    final ObjectNode json = answer.putObject(RESERVE);
    json.put("start", Instant.ofEpochSecond(strip.startEpochSeconds()).toString())
        .put("seconds", strip.lifeSeconds());
    final ArrayNode texts = json.putArray("codes");
    codes.get().forEach(texts::add);
  }
}
