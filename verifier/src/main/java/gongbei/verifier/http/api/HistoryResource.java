package gongbei.verifier.http.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TilePath;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.history.PublishedHistory;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code GET /history/...}: the tiles, heads, entries and proofs of the history, for everybody.
 * What never changes may be kept for a year, so that any number of auditors behind a cache cost
 * nothing. For any thread.
 */
final class HistoryResource {
  private static final String BYTES = "application/octet-stream";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String FOR_EVER =
      "public, max-age=" + Limits.HISTORY_CACHE_SECONDS + ", immutable";
  private static final Pattern PROOF =
      Pattern.compile("(inclusion|consistency)/([1-9][0-9]{0,17})/([1-9][0-9]{0,17})");
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final int SECONDS_PER_MINUTE = 60;
  private static final HexFormat HEX = HexFormat.of();

  private final Optional<PublishedHistory> history;

  HistoryResource(Optional<PublishedHistory> history) {
    this.history = history;
  }

  Response head(Request request) {
    return head(kept().newestHead());
  }

  Response snapshotHead(Request request) {
    return head(kept().snapshotHead());
  }

  private static Response head(Optional<SignedHead> head) {
    return Response.of(
            TEXT,
            head.orElseThrow(() -> notHere("no head of the history is signed here"))
                .note()
                .getBytes(StandardCharsets.UTF_8))
        .with("Cache-Control", "public, max-age=1");
  }

  CompletableFuture<Response> tile(Request request, String rest) {
    final TilePath path =
        TilePath.of("tile/" + rest).orElseThrow(() -> notHere("no tile has such a path"));
    try {
      return forEver(
          kept()
              .tile(path)
              .orElseThrow(
                  () -> notHere("the history does not have that tile, or no longer has it")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CompletableFuture<Response> proof(Request request, String rest) {
    final Matcher asked = PROOF.matcher(rest);
    if (!asked.matches()) {
      throw notHere(
          "a proof is at inclusion/SIZE/VERSION or consistency/SIZE/SIZE, the smaller first");
    }
    final long first = Long.parseLong(asked.group(2));
    final long second = Long.parseLong(asked.group(3));
    final Optional<Proof> proof =
        asked.group(1).equals("inclusion")
            ? kept().inclusion(second, first)
            : kept().consistency(first, second);
    return forEver(
        proof.orElseThrow(() -> notHere("the history can't prove that, or not yet")).toBytes());
  }

  private static CompletableFuture<Response> forEver(byte[] bytes) {
    return CompletableFuture.completedFuture(
        Response.of(BYTES, bytes).with("Cache-Control", FOR_EVER));
  }

  /** Answers with entries in words, from a version on. */
  CompletableFuture<Response> entries(Request request, String from) {
    if (!NUMBER.matcher(from).matches()) {
      throw Problem.ofField("version", "is not a whole number of 1 or more");
    }
    final PublishedHistory read = kept();
    final long first = Long.parseLong(from);
    final long end = Math.min(read.size(), first + Limits.MAX_HISTORY_ENTRIES - 1);
    final ObjectNode answer = JsonNodeFactory.instance.objectNode();
    answer.put("size", read.size()).put("firstVersion", read.firstVersion());
    final ArrayNode entries = answer.putArray("entries");
    try {
      for (long version = first; version <= end; version++) {
        final long place = version;
        read.entry(version).ifPresent(entry -> entries.add(json(place, entry)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return CompletableFuture.completedFuture(
        Response.json(200, answer).with("Cache-Control", "public, max-age=1"));
  }

  private static ObjectNode json(long version, HistoryEntry entry) {
    final ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", version);
    if (entry.isBeforeHistory()) {
      return json.put("ground", 0);
    }
    json.put("tag", HEX.formatHex(entry.tag()));
    json.put("authority", HEX.toHexDigits(entry.authority()));
    if (entry.secondAuthority() != 0) {
      json.put("secondAuthority", HEX.toHexDigits(entry.secondAuthority()));
    }
    json.put("ground", entry.ground());
    json.put("at", Instant.ofEpochSecond(entry.epochSeconds()).toString());
    if (entry.untilEpochMinutes() != 0) {
      json.put(
          "until",
          Instant.ofEpochSecond(entry.untilEpochMinutes() * SECONDS_PER_MINUTE).toString());
      json.put("next", Colour.ofNumber(entry.nextColour()).wireName());
    }
    json.put("kind", entry.kind());
    json.put(
        "outcome",
        Outcome.ofCode(entry.outcome()).name().toLowerCase(Locale.ROOT).replace('_', '-'));
    if (entry.wasKnown()) {
      json.set(
          "before",
          status(Colour.ofNumber(entry.colourBefore()), TestResult.ofNumber(entry.resultBefore())));
    }
    if (entry.isKnown()) {
      json.set(
          "after",
          status(Colour.ofNumber(entry.colourAfter()), TestResult.ofNumber(entry.resultAfter())));
    }
    entry.effect().ifPresent(effect -> json.put("effect", effect.wireName()));
    return json;
  }

  private static ObjectNode status(Colour colour, TestResult result) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("colour", colour.wireName())
        .put("testResult", result.wireName());
  }

  private PublishedHistory kept() {
    return history.orElseThrow(() -> notHere("this node keeps no history"));
  }

  private static Problem notHere(String detail) {
    return Problem.of(404, "not-found", detail);
  }
}
