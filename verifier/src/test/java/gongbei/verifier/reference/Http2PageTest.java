package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Document;
import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the page on HTTP tells of HTTP/2 is in force. */
final class Http2PageTest {
  @Test
  void theBoundsAreThoseInForce() {
    final String section = Document.HTTP.section("HTTP/2");
    for (final String told :
        List.of(
            "| streams that are open | " + Http2Limits.MAX_STREAMS + ";",
            "| " + Http2Limits.MAX_RESETS + " each in " + Http2Limits.COUNT_SECONDS + " s |",
            format(
                    "| PING; SETTINGS | %,d; %d in ",
                    Http2Limits.MAX_PINGS, Http2Limits.MAX_SETTINGS)
                + Http2Limits.COUNT_SECONDS
                + " s |",
            format("unknown ones | %,d in ", Http2Limits.MAX_OTHER_FRAMES)
                + Http2Limits.COUNT_SECONDS
                + " s, and "
                + Http2Limits.FRAMES_A_REQUEST
                + " more for each",
            "| CONTINUATION | " + Http2Limits.MAX_CONTINUATIONS + " a header",
            "a header is " + Limits.MAX_HTTP_HEADER_BYTES / 1_024 + " KiB",
            "| DATA without data | " + Http2Limits.MAX_EMPTY_FRAMES + " that",
            "| " + (Http2Limits.MAX_UNTAKEN_BYTES >> 20) + " MiB, then 429",
            format("%,d acknowledgements", Http2Limits.MAX_FRAMES_QUEUED),
            "whole after " + Limits.HTTP_REQUEST_SECONDS + " s",
            "asked for " + Limits.HTTP_IDLE_SECONDS + " s",
            Limits.HTTP_STOP_GRACE_MILLIS / 1_000.0 + " s later")) {
      assertTrue(section.contains(told), told);
    }
    assertEquals(Http2Limits.MAX_RESETS, Http2Limits.MAX_FAULTS, "each");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
