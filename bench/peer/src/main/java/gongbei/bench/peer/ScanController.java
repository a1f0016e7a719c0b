package gongbei.bench.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/scans}: decode, verify, times, look up, the rules of {@code metro}. */
@RestController
class ScanController {
  private static final long SKEW_SECONDS = 5;
  private static final long TEST_WITHIN_MINUTES = 72 * 60;
  private static final int DOSES_THAT_WAIVE = 3;
  private static final String[] COLOURS = {"green", "yellow", "red"};

  private final Issuers issuers;
  private final Statuses statuses;
  private final Clock clock = Clock.systemUTC();

  ScanController(Issuers issuers, Statuses statuses) {
    this.issuers = issuers;
    this.statuses = statuses;
  }

  @PostMapping("/v1/scans")
  ResponseEntity<ScanAnswer> scan(@RequestBody ScanQuestion question) {
    if (question.checkpoint() == null || !question.checkpoint().startsWith("metro")) {
      return ResponseEntity.badRequest().build();
    }
    return ResponseEntity.ok(judge(question.code()));
  }

  private ScanAnswer judge(String text) {
    final Code code;
    try {
      code = Code.decode(text);
    } catch (IOException | RuntimeException e) {
      return ScanAnswer.refuse("malformed", "code", null);
    }
    if (!issuers.knows(code)) {
      return ScanAnswer.refuse("unknown-issuer", "kid", null);
    }
    if (!issuers.verify(code)) {
      return ScanAnswer.refuse("bad-signature", "signature", null);
    }
    final long now = clock.instant().getEpochSecond();
    if (code.issuedAt() - SKEW_SECONDS > now) {
      return ScanAnswer.refuse("not-yet-valid", "iat", null);
    }
    if (code.expiresAt() <= now) {
      return ScanAnswer.refuse("expired", "exp", null);
    }
    final byte[] status = statuses.get(code.subject());
    if (status == null) {
      return ScanAnswer.refuse("unknown-subject", null, null);
    }
    return judge(ByteBuffer.wrap(status), now);
  }

  /** Green, and a negative test within 72 hours or three doses. */
  private static ScanAnswer judge(ByteBuffer status, long now) {
    final String colour = COLOURS[status.get(0)];
    final int result = status.get(1);
    final int doses = status.get(2);
    final int sampleMinutes = status.getInt(4);
    if (result == 2) {
      return ScanAnswer.refuse("positive-test", null, colour);
    } else if (colour.equals("red")) {
      return ScanAnswer.refuse("red", null, colour);
    } else if (colour.equals("yellow")) {
      return ScanAnswer.hold("yellow", colour);
    } else if (doses < DOSES_THAT_WAIVE) {
      if (result != 1) {
        return ScanAnswer.hold("test-missing", colour);
      } else if (now / 60 - sampleMinutes > TEST_WITHIN_MINUTES) {
        return ScanAnswer.refuse("test-too-old", null, colour);
      }
    }
    return ScanAnswer.pass(colour);
  }
}
