package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.VenueForm;
import gongbei.codec.translate.TranslationFault;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.VerdictJson;
import gongbei.verifier.metrics.NodeMetrics;
import gongbei.verifier.net.BucketTimes;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import gongbei.verifier.server.ScanAdmission;
import gongbei.verifier.venue.VenueFeed;
import gongbei.verifier.venue.VenueWords;
import gongbei.verifier.venue.VisitNotice;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * {@code POST /v1/visits}: judges a holder by the rules of the venue whose code they have scanned,
 * by a fresh code of their own. Who visited what is kept nowhere: a visit is judged, counted by the
 * venue's kind, and told to the venue's screen without its holder. For any thread.
 */
final class VisitResource {
  private static final Set<String> FIELDS = Set.of("code", "venue", "pin");
  private static final Object PIN_CROWD = new Object();

  private final ScanAdmission admission;
  private final VenueCodes venues;
  private final RulesetStore rulesets;
  private final CodeFormat format;
  private final Optional<VenueWords> words;
  private final VenueFeed feed;
  private final NodeMetrics metrics;
  private final LongSupplier epochSeconds;
  private final BucketTimes wrongPins =
      new BucketTimes(VenueLimits.MAX_PIN_CALLERS, System::nanoTime);

  VisitResource(ApiContext<?> context, ScanAdmission admission, VenueCodes venues, VenueFeed feed) {
    this.admission = admission;
    this.venues = venues;
    this.rulesets = context.rulesets();
    this.format = context.format();
    this.words = VenueResource.wordsOf(context);
    this.feed = feed;
    this.metrics = context.nodeMetrics();
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * @param writing where the answer is put together, off the workers
   */
  CompletableFuture<Response> visit(Request question, Executor writing) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final VenueWords own = words.orElseThrow(VenueResource::notOffered);
    final VenueCodes.Shown venue = venues.require(body, "venue");
    requireShown(venue);
    final Ruleset ruleset = rulesetOf(rulesets, venue);
    if (!body.has("code")) {
      throw ownCodeMissing("is missing");
    }
    final long now = epochSeconds.getAsLong();
    if (venue.isOver(now)) {
      metrics.countVisit(venue.venue().checkpoint(), Verdict.REFUSE);
      return CompletableFuture.completedFuture(expired(venue, ruleset, now));
    }
    requirePin(body, venue, own, question.caller().id());
    final Asked asked = new Asked();
    final ScanAdmission.Terms terms =
        new ScanAdmission.Terms(ruleset, placeOf(venue), Scan.NOW, question.languages());
    if (!admission.submit(body.text("code", Limits.MAX_HTTP_BODY_BYTES), terms, asked, 0)) {
      throw Problem.shed();
    }
    return asked.done.thenApplyAsync(
        found -> answer(found, venue, own.word(venue.serial(), now), now), writing);
  }

  /** Refuses the licence of a screen, which a venue does not show. */
  static void requireShown(VenueCodes.Shown venue) {
    if (venue.venue().form() == VenueForm.LICENCE) {
      throw Problem.unprocessable(
          "venue-licence", "venue", "is the licence of a screen, not what the screen shows");
    }
  }

  /** The rules of a venue. */
  static Ruleset rulesetOf(RulesetStore rulesets, VenueCodes.Shown venue) {
    final String name = venue.venue().ruleset();
    return VenueResource.rulesetOf(rulesets, name)
        .orElseThrow(
            () ->
                Problem.unprocessable(
                    "unknown-ruleset",
                    "venue",
                    "names the ruleset " + name + ", which is not in force"));
  }

  /** What tells this venue from others where codes that are shown twice are looked for. */
  private static String placeOf(VenueCodes.Shown venue) {
    return venue.venue().checkpoint() + "/" + Long.toHexString(venue.number());
  }

  private static Problem ownCodeMissing(String why) {
    return Problem.unprocessable(
        "own-code-missing", "code", why + ": a visit needs the holder's own code, from a screen");
  }

  private void requirePin(JsonBody body, VenueCodes.Shown venue, VenueWords own, String caller) {
    if (venue.venue().pinDigest().isEmpty()) {
      return;
    }
    if (!body.has("pin")) {
      throw Problem.unprocessable(
          "venue-pin-missing", "pin", "is missing, which this venue asks for");
    }
    final String visitor = caller + " " + venue.number();
    final long left = wrongPins.take(visitor, PIN_CROWD, VenueLimits.WRONG_PINS_PER_SECOND, 0);
    if (left < 0) {
      throw Problem.of(429, "too-many-pins", "too many wrong PINs for this venue")
          .with("Retry-After", Long.toString(1 + TimeUnit.NANOSECONDS.toSeconds(-left)));
    }
    final String pin = body.text("pin", VenueLimits.MAX_PIN_DIGITS);
    if (!MessageDigest.isEqual(
        own.pinDigest(venue.serial(), pin), venue.venue().pinDigest().get())) {
      wrongPins.charge(visitor, PIN_CROWD, VenueLimits.WRONG_PINS_PER_SECOND, 1);
      throw Problem.unprocessable("venue-pin-wrong", "pin", "is not the one that the venue shows");
    }
  }

  private static Response expired(VenueCodes.Shown venue, Ruleset ruleset, long now) {
    final Reason reason = Reason.VENUE_CODE_EXPIRED;
    final ObjectNode answer =
        JsonNodeFactory.instance
            .objectNode()
            .put("verdict", reason.verdict().wireName())
            .put("reason", reason.wireName())
            .put("field", "venue")
            .put("ruleset", ruleset.label());
    return Response.json(200, answer.setAll(about(venue, now)));
  }

  /** What an answer says of the venue, and when it was made. */
  private static ObjectNode about(VenueCodes.Shown venue, long now) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("checkpoint", venue.venue().checkpoint())
        .put("place", venue.venue().place())
        .put("at", Instant.ofEpochSecond(now).toString());
  }

  private Response answer(Found found, VenueCodes.Shown venue, String word, long now) {
    if (found.reason() == Reason.BUSY) {
      throw Problem.shed();
    }
    found.shape().ifPresent(shape -> requireOwn(shape, now));
    metrics.countVisit(venue.venue().checkpoint(), found.verdict());
    feed.visited(venue.number(), new VisitNotice(found.verdict(), found.reason(), now, word));
    final String verdict = new String(found.json(), StandardCharsets.US_ASCII);
    final String about = about(venue, now).put("word", word).toString();
    return Response.of(
        Response.JSON,
        (verdict.substring(0, verdict.length() - 1) + "," + about.substring(1))
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses a genuine code that is no person's own of this region, from a screen just now. */
  private void requireOwn(Shape shape, long now) {
    if (shape.format().isForeign()) {
      throw ownCodeMissing("is a certificate");
    }
    if (shape.kind() != CodeKind.PERSON) {
      throw ownCodeMissing("is of kind " + shape.kind());
    }
    if (shape.format() != format) {
      throw ownCodeMissing("is of " + shape.format().issuer());
    }
    if (now - shape.issuedAtEpochSeconds() > Limits.HOLDER_CODE_SECONDS) {
      throw GenuineCodes.refusal(
          TranslationFault.CODE_NOT_FRESH,
          "code",
          "was minted over " + Limits.HOLDER_CODE_SECONDS + " seconds ago");
    }
  }

  /**
   * What came of judging the holder's code.
   *
   * @param shape of a code that is genuine; else empty
   */
  private record Found(Reason reason, Verdict verdict, byte[] json, Optional<Shape> shape) {
    static Found of(Scan scan) {
      return new Found(
          scan.reason(),
          scan.verdict(),
          new VerdictJson().write(scan).toBytes(),
          Optional.ofNullable(scan.issuerKey()).map(any -> Shape.of(scan.code())));
    }
  }

  /**
   * What a code is.
   *
   * @param kind null in a foreign format
   */
  private record Shape(CodeFormat format, CodeKind kind, long issuedAtEpochSeconds) {
    static Shape of(HealthCode code) {
      return new Shape(code.format(), code.region().kind(), code.cwt().issuedAtEpochSeconds());
    }
  }

  /** Awaits the verdict. */
  private static final class Asked implements ScanListener {
    private final CompletableFuture<Found> done = new CompletableFuture<>();

    @Override
    public void onVerdict(Scan scan) {
      done.complete(Found.of(scan));
    }

    @Override
    public void onBatchEnd() {
      // The verdict was all that there was to wait for.
    }
  }
}
