package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import gongbei.codec.model.VenueForm;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TokenException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.http.transport.EventSink;
import gongbei.verifier.http.transport.EventSource;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.venue.VenueFeed;
import gongbei.verifier.venue.VenueWords;
import gongbei.verifier.venue.VisitNotice;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /v1/venues}, {@code /v1/venues/codes} and {@code /v1/venues/watch}: issues the codes
 * of venues, and shows a venue's screen what it is to show. A venue has no place in the map or the
 * log: its code says all. For any thread.
 */
final class VenueResource {
  private static final Logger LOGGER = LoggerFactory.getLogger(VenueResource.class);
  private static final Set<String> ISSUED =
      Set.of("checkpoint", "place", "ruleset", "form", "ttlSeconds", "pin");
  private static final Set<String> LICENCE = Set.of("licence");
  private static final Set<String> WATCHED = Set.of("venue");
  private static final int LEAST_SECONDS = 60;
  private static final byte[] NOBODY = new byte[CodeLimits.SUBJECT_BYTES];
  private static final Pattern PIN =
      Pattern.compile(
          "[0-9]{" + VenueLimits.MIN_PIN_DIGITS + "," + VenueLimits.MAX_PIN_DIGITS + "}");

  private final CodeMint mint;
  private final VenueCodes codes;
  private final RulesetStore rulesets;
  private final Optional<VenueWords> words;
  private final VenueFeed feed;
  private final LongSupplier epochSeconds;

  VenueResource(ApiContext<?> context, CodeMint mint, VenueCodes codes, VenueFeed feed) {
    this.mint = mint;
    this.codes = codes;
    this.rulesets = context.rulesets();
    this.words = wordsOf(context);
    this.feed = feed;
    this.epochSeconds = context.epochSeconds();
  }

  /** What venues show and ask, where the node knows the region's secret. */
  static Optional<VenueWords> wordsOf(ApiContext<?> context) {
    return context.documents().map(known -> new VenueWords(known.secret().venueKey()));
  }

  static Problem notOffered() {
    return Problem.of(501, "no-venues", "this node knows no subject secret, and so no venues");
  }

  /** Issues the code of a venue to be printed, or the licence of a screen. */
  Response issue(Request question) {
    final JsonBody body = JsonBody.read(question, ISSUED);
    final VenueWords own = words.orElseThrow(VenueResource::notOffered);
    final String checkpoint = body.text("checkpoint", CodeLimits.MAX_VENUE_NAME_BYTES);
    final Ruleset ofKind = rulesets.current().find(checkpoint);
    if (ofKind == null || !ofKind.name().equals(checkpoint)) {
      throw Problem.ofField(
          "unknown-checkpoint", "checkpoint", "is no kind of checkpoint that has a ruleset");
    }
    final String ruleset = body.text("ruleset", CodeLimits.MAX_VENUE_NAME_BYTES, ofKind.name());
    if (rulesetOf(rulesets, ruleset).isEmpty()) {
      throw Problem.ofField("unknown-ruleset", "ruleset", "is none that is in force");
    }
    final String place = place(body);
    final boolean isScreen = body.has("form") && body.choice("form", "printed", "screen") == 1;
    final int ttlSeconds =
        body.number(
            "ttlSeconds",
            LEAST_SECONDS,
            Limits.MAX_PAPER_CODE_SECONDS,
            Limits.DEFAULT_PAPER_CODE_SECONDS);
    final byte[] serial = mint.serial();
    final Optional<byte[]> pinDigest = pin(body).map(pin -> own.pinDigest(serial, pin));
    final long now = epochSeconds.getAsLong();
    final String code =
        sign(
            new Venue(
                checkpoint,
                place,
                ruleset,
                isScreen ? VenueForm.LICENCE : VenueForm.PRINTED,
                pinDigest),
            serial,
            now,
            now + ttlSeconds);
    return Response.json(
        201,
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("form", isScreen ? "licence" : "printed")
            .put("expires", Instant.ofEpochSecond(now + ttlSeconds).toString()));
  }

  private static String place(JsonBody body) {
    final String place = body.text("place", CodeLimits.MAX_PLACE_BYTES).strip();
    if (place.isEmpty()
        || place.getBytes(StandardCharsets.UTF_8).length > CodeLimits.MAX_PLACE_BYTES
        || place.chars().anyMatch(Character::isISOControl)) {
      throw body.ofField(
          "place",
          "is not 1 to "
              + CodeLimits.MAX_PLACE_BYTES
              + " bytes of text in UTF-8 without control characters");
    }
    return place;
  }

  private static Optional<String> pin(JsonBody body) {
    if (!body.has("pin")) {
      return Optional.empty();
    }
    final String pin = body.text("pin", VenueLimits.MAX_PIN_DIGITS);
    if (!PIN.matcher(pin).matches()) {
      throw body.ofField(
          "pin",
          "is not " + VenueLimits.MIN_PIN_DIGITS + " to " + VenueLimits.MAX_PIN_DIGITS + " digits");
    }
    return Optional.of(pin);
  }

  static Optional<Ruleset> rulesetOf(RulesetStore rulesets, String name) {
    return rulesets.current().all().stream().filter(each -> each.name().equals(name)).findFirst();
  }

  private String sign(Venue venue, byte[] serial, long from, long until) {
    return mint.issue(
        mint.key(epochSeconds.getAsLong()),
        CodeClaims.of(CodeKind.VENUE, NOBODY)
            .venue(venue)
            .serial(serial)
            .validity(from, until)
            .build());
  }

  /** Makes the code that a venue's screen shows in this minute. */
  Response code(Request question) {
    final JsonBody body = JsonBody.read(question, LICENCE);
    final VenueWords own = words.orElseThrow(VenueResource::notOffered);
    final VenueCodes.Shown licence = codes.require(body, "licence");
    if (licence.venue().form() != VenueForm.LICENCE) {
      throw Problem.unprocessable(
          "no-venue-licence", "licence", "is a code that is shown, not the licence of a screen");
    }
    final long now = epochSeconds.getAsLong();
    requireNotOver(licence, now, "licence");
    return Response.json(201, shown(licence, own, now));
  }

  private static void requireNotOver(VenueCodes.Shown shown, long now, String field) {
    if (shown.isOver(now)) {
      throw Problem.unprocessable("venue-code-expired", field, "is past its end");
    }
  }

  /** What a venue's screen shows in this minute. */
  private ObjectNode shown(VenueCodes.Shown shown, VenueWords own, long now) {
    final long minute = VenueWords.minuteOf(now) * VenueLimits.VENUE_CODE_SECONDS;
    final long next = minute + VenueLimits.VENUE_CODE_SECONDS;
    final ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("checkpoint", shown.venue().checkpoint())
            .put("place", shown.venue().place())
            .put("word", own.word(shown.serial(), now));
    if (shown.venue().form() == VenueForm.LICENCE) {
      final long until = next + VenueLimits.VENUE_CODE_MARGIN_SECONDS;
      json.put("code", sign(shown.venue().in(VenueForm.SCREEN), shown.serial(), minute, until));
      json.put("expires", Instant.ofEpochSecond(until).toString());
    }
    return json.put("at", Instant.ofEpochSecond(now).toString())
        .put("refreshAt", Instant.ofEpochSecond(next).toString());
  }

  /**
   * Shows a venue's screen what to show each minute, and each visit that comes to this node.
   *
   * @param signing where codes are signed, off the event loops
   */
  Response watch(Request question, Executor signing) {
    final JsonBody body = JsonBody.read(question, WATCHED);
    final VenueWords own = words.orElseThrow(VenueResource::notOffered);
    final VenueCodes.Shown venue = codes.require(body, "venue");
    requireNotOver(venue, epochSeconds.getAsLong(), "venue");
    if (venue.venue().form() == VenueForm.LICENCE) {
      final SigningKey unused = mint.key(epochSeconds.getAsLong());
    }
    final String caller = question.caller().id();
    return switch (feed.enter(caller)) {
      case TAKEN -> Response.of(new Screen(venue, own, caller, signing));
      case TOO_MANY_OF_CALLER ->
          throw Problem.of(
              429,
              "too-many-screens",
              "more than "
                  + VenueLimits.MAX_VENUE_SCREENS_OF_CALLER
                  + " screens of one caller watch");
      case NO_ROOM -> throw Problem.busy("the node has no room for another venue's screen");
    };
  }

  /** A screen that watches. */
  private final class Screen implements EventSource, VenueFeed.Screen {
    private final VenueCodes.Shown venue;
    private final VenueWords own;
    private final String caller;
    private final Executor signing;
    private EventSink sink;
    private long minute;

    Screen(VenueCodes.Shown venue, VenueWords own, String caller, Executor signing) {
      this.venue = venue;
      this.own = own;
      this.caller = caller;
      this.signing = signing;
    }

    @Override
    public void begin(EventSink events) {
      sink = events;
      feed.watch(venue.number(), this);
      tick();
    }

    @Override
    public void tick() {
      final long now = epochSeconds.getAsLong();
      if (VenueWords.minuteOf(now) != minute) {
        minute = VenueWords.minuteOf(now);
        signing.execute(() -> show(now));
      }
    }

    private void show(long now) {
      if (venue.isOver(now)) {
        sink.event("over", "{}");
        return;
      }
      try {
        sink.event("screen", shown(venue, own, now).toString());
      } catch (Problem | TokenException e) {
        // The screen says so, and has the next minute's.
        LOGGER.warn("A venue's screen has no code in this minute: {}", e.getMessage());
        sink.event("fault", "{}");
      }
    }

    @Override
    public void visited(VisitNotice visit) {
      sink.event(
          "visit",
          JsonNodeFactory.instance
              .objectNode()
              .put("verdict", visit.verdict().wireName())
              .put("reason", visit.reason().wireName())
              .put("word", visit.word())
              .put("at", Instant.ofEpochSecond(visit.atEpochSeconds()).toString())
              .toString());
    }

    @Override
    public void end() {
      feed.forget(venue.number(), this);
      feed.leave(caller);
    }
  }
}
