package gongbei.bench.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Map;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /v1/codes}: look up, encode, sign. */
@RestController
class CodeController {
  private static final int SUBJECT_CHARACTERS = 32;

  private final Minter minter;
  private final Statuses statuses;
  private final Clock clock = Clock.systemUTC();

  /**
   * The body of a display.
   *
   * @param subject 32 hexadecimal digits
   * @param ttlSeconds how long the code is to live
   */
  record CodeQuestion(String subject, int ttlSeconds) {}

  CodeController(Minter minter, Statuses statuses) {
    this.minter = minter;
    this.statuses = statuses;
  }

  @PostMapping("/v1/codes")
  ResponseEntity<Map<String, Object>> mint(@RequestBody CodeQuestion question) throws IOException {
    if (question.subject() == null
        || question.subject().length() != SUBJECT_CHARACTERS
        || question.ttlSeconds() < 1) {
      return ResponseEntity.badRequest().build();
    }
    final byte[] subject = HexFormat.of().parseHex(question.subject());
    final byte[] status = statuses.get(subject);
    if (status == null) {
      return ResponseEntity.notFound().build();
    }
    final long now = clock.instant().getEpochSecond();
    return ResponseEntity.status(201)
        .body(
            Map.of(
                "code",
                minter.mint(subject, ByteBuffer.wrap(status), now, now + question.ttlSeconds())));
  }
}
