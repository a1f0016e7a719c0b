package gongbei.verifier.http.transport;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;

/**
 * An answer that stays the same for a while and says which it is, so that a client that has it
 * already is told no more than that (RFC 9110 §13). It is written out once. For any thread.
 */
public final class ConditionalResponse {
  private static final byte[] NOTHING = {};

  private volatile Written written;

  /**
   * What was written, and of what.
   *
   * @param since to the second, when it was first written
   */
  private record Written(Object of, Response answer, EntityTag tag, Instant since) {}

  /**
   * Answers with what is written of a state.
   *
   * @param state the same object for as long as the answer is to stay the same
   */
  public <T> Response answer(Request question, T state, Function<T, Response> writing) {
    Written current = written;
    if (current == null || current.of() != state) {
      current = written(state, writing.apply(state));
      written = current;
    }
    return isKnown(question, current)
        ? new Response(304, current.answer().contentType(), NOTHING, current.answer().headers())
        : current.answer();
  }

  private static Written written(Object state, Response answer) {
    final EntityTag tag = EntityTag.of(answer.body());
    final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new Written(
        state,
        answer
            .with("ETag", tag.text())
            .with("Last-Modified", HttpDate.format(since))
            .with("Cache-Control", "private, no-cache"),
        tag,
        since);
  }

  /** Whether the client has it: by If-None-Match, or where that is missing If-Modified-Since. */
  private static boolean isKnown(Request question, Written current) {
    final List<String> tags = question.headers().getAll(HttpHeaderNames.IF_NONE_MATCH);
    if (!tags.isEmpty()) {
      return current.tag().isNamedIn(tags);
    }
    final String since = question.headers().get(HttpHeaderNames.IF_MODIFIED_SINCE);
    if (since == null) {
      return false;
    }
    final Instant known = HttpDate.parse(since);
    // RFC 9110 §13.1.3: what is no date is ignored.
    return known != null && !current.since().isAfter(known);
  }
}
