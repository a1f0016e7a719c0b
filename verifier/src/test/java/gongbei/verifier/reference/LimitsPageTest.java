package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.codec.code.CodeLimits;
import gongbei.testing.Document;
import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.VenueLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page of limits tells those that are in force. */
final class LimitsPageTest {
  private static String row(String what, String limits, Object... values) {
    return "| " + what + " | " + String.format(Locale.ROOT, limits, values);
  }

  private static long kibi(long bytes) {
    return bytes >> 10;
  }

  private static long mebi(long bytes) {
    return bytes >> 20;
  }

  private static long days(long seconds) {
    return Duration.ofSeconds(seconds).toDays();
  }

  private static long hours(long seconds) {
    return Duration.ofSeconds(seconds).toHours();
  }

  private static List<String> ofCodes() {
    return List.of(
        row("a code's text", "%,d characters |", CodeLimits.MAX_TEXT_CHARACTERS),
        row(
            "what an `HC1:` code or a SMART Health Card inflates to",
            "%d KiB |",
            kibi(CodeLimits.MAX_INFLATED_BYTES)),
        row(
            "JSON of a seal or card",
            "%d deep, %d members an object, %d entries a bundle |",
            CodeLimits.MAX_JSON_DEPTH,
            CodeLimits.MAX_JSON_MEMBERS,
            CodeLimits.MAX_BUNDLE_ENTRIES),
        row(
            "CBOR",
            "depth %d, %d pairs a map,",
            CodeLimits.MAX_CBOR_DEPTH,
            CodeLimits.MAX_CBOR_MAP_PAIRS),
        row("a group", "%d people |", CodeLimits.MAX_GROUP_SIZE),
        row(
            "[venues](venues.md)",
            "names of %d characters, a place of %d bytes, a PIN of %d to %d digits; the code of a"
                + " screen counts for %d s after its minute; %,d screens watch a node, %d of one"
                + " caller,",
            CodeLimits.MAX_VENUE_NAME_BYTES,
            CodeLimits.MAX_PLACE_BYTES,
            VenueLimits.MIN_PIN_DIGITS,
            VenueLimits.MAX_PIN_DIGITS,
            VenueLimits.VENUE_CODE_MARGIN_SECONDS,
            VenueLimits.MAX_VENUE_SCREENS,
            VenueLimits.MAX_VENUE_SCREENS_OF_CALLER));
  }

  private static List<String> ofConnections() {
    return List.of(
        row(
            "what is incomplete of frames, of HTTP first lines and header fields, and of TLS"
                + " records",
            "of one address %d MiB, in all %d MiB, for each server; besides, each connection has %d"
                + " bytes (a frame), %d KiB (HTTP) and %d KiB (TLS)",
            mebi(Limits.MAX_INPUT_BYTES_PER_ADDRESS),
            mebi(Limits.MAX_INPUT_BYTES),
            Limits.OWN_FRAME_INPUT_BYTES,
            kibi(Limits.OWN_HTTP_INPUT_BYTES),
            kibi(Limits.OWN_TLS_INPUT_BYTES)),
        row(
            "a TCP connection",
            "%,d scans in flight, %,d a batch, %d s of silence,",
            Limits.MAX_IN_FLIGHT,
            Limits.MAX_SCANS_A_BATCH,
            Limits.TCP_IDLE_SECONDS),
        row("TCP connections", "%,d |", Limits.MAX_TCP_CONNECTIONS),
        row(
            "an HTTP request",
            "body %d MiB, header fields %d KiB, first line %d KiB, %d s |",
            mebi(Limits.MAX_HTTP_BODY_BYTES),
            kibi(Limits.MAX_HTTP_HEADER_BYTES),
            kibi(Limits.MAX_HTTP_LINE_BYTES),
            Limits.HTTP_REQUEST_SECONDS),
        row(
            "an HTTP connection",
            "%,d requests pipelined, of which %d scans are evaluated at a time; %d s of silence |",
            Limits.MAX_HTTP_PIPELINED,
            Limits.MAX_HTTP_SCANS_IN_FLIGHT,
            Limits.HTTP_IDLE_SECONDS),
        row("an HTTP/2 connection", "%d streams;", Http2Limits.MAX_STREAMS),
        row(
            "HTTP connections",
            "%,d, with bodies of %d MiB together,",
            Limits.MAX_HTTP_CONNECTIONS,
            mebi(Limits.MAX_HTTP_BODIES_BYTES)),
        row(
            "connections of one address",
            "%d to each server, on the plain loopback %,d,",
            Limits.DEFAULT_CONNECTIONS_PER_ADDRESS,
            Limits.DEFAULT_LOOPBACK_CONNECTIONS_PER_ADDRESS),
        row(
            "a TLS handshake",
            "%d s, %d KiB from the client; %,d under way at each server, %,d steps",
            Limits.TLS_HANDSHAKE_MILLIS / 1_000,
            kibi(Limits.MAX_TLS_HANDSHAKE_BYTES),
            Limits.MAX_HANDSHAKES,
            Limits.MAX_HANDSHAKE_STEPS_QUEUED),
        row("callers whose rates are told apart", "%,d;", Limits.MAX_RATE_BUCKETS));
  }

  private static List<String> ofRequests() {
    return List.of(
        row("keys for HTTP", "a file of %d MiB |", mebi(Limits.MAX_API_KEY_FILE_BYTES)),
        row(
            "answers kept for an `Idempotency-Key`",
            "an hour, %,d, %d MiB |",
            Limits.MAX_IDEMPOTENCY_KEYS,
            mebi(Limits.MAX_IDEMPOTENCY_BYTES)),
        row("JSON", "depth %d |", Limits.MAX_JSON_DEPTH),
        row("changes of status", "%,d a request,", Limits.MAX_CHANGES_A_REQUEST),
        row(
            "an offline pack",
            "128 MiB, of which revoked foreign codes 64 MiB, a week; a delta, %,d changed holders |",
            Limits.MAX_DELTA_HOLDERS),
        row(
            "what a device tells of the time without a network",
            "%,d of each verdict |",
            Limits.MAX_OFFLINE_COUNT),
        row(
            "[reserve codes](reserve-codes.md)",
            "%d a strip, %d to %d s each (%d); a key %,d a second, an address %d;",
            Limits.MAX_RESERVE_CODES,
            Limits.MIN_RESERVE_SECONDS,
            Limits.MAX_RESERVE_SECONDS,
            Limits.DEFAULT_RESERVE_SECONDS,
            Limits.KEY_RESERVES_PER_SECOND,
            Limits.ADDRESS_RESERVES_PER_SECOND),
        row(
            "whether minting is degraded",
            "a margin of an hour, an hour until a node says it, %d nodes watched, each answers in"
                + " %d s; a pack's word counts for %d hours |",
            Limits.MAX_WATCHED_NODES,
            Limits.MINTING_PROBE_MILLIS / 1_000,
            hours(Limits.MAX_MINTING_PACK_SECONDS)),
        row(
            "a code's life over HTTP",
            "%d day on a screen (%d s unless told otherwise), %d days on paper (%d) |",
            days(Limits.MAX_CODE_SECONDS),
            Limits.DEFAULT_CODE_SECONDS,
            days(Limits.MAX_PAPER_CODE_SECONDS),
            days(Limits.DEFAULT_PAPER_CODE_SECONDS)));
  }

  @Test
  void theLimitsThatAreToldAreThoseInForce() {
    final String page = Document.LIMITS.text();
    final List<String> told = new ArrayList<>(ofCodes());
    told.addAll(ofConnections());
    told.addAll(ofRequests());
    assertEquals(List.of(), told.stream().filter(row -> !page.contains(row)).toList());
    assertEquals(1, hours(Limits.IDEMPOTENCY_SECONDS), "an hour");
    assertEquals(7, days(Limits.MAX_PACK_SECONDS), "a week");
    assertEquals(1, hours(Limits.MAX_MINTING_SWITCH_SECONDS), "an hour");
  }
}
