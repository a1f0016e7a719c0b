package gongbei.verifier.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.QrImage;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.verifier.config.Limits;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** {@code POST /v1/codes}: mints a code from what the map knows of its holder. For any thread. */
final class CodeResource {
  private static final Set<String> FIELDS = Set.of("subject", "kind", "ttlSeconds");

  private final CodeFormat format;
  private final SigningKeys keys;
  private final StatusMap statusMap;
  private final Map<SigningKey, CodeIssuer> issuers = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();

  /**
   * @param keys what to sign with, or null where this node mints nothing
   */
  CodeResource(CodeFormat format, SigningKeys keys, StatusMap statusMap) {
    this.format = format;
    this.keys = keys;
    this.statusMap = statusMap;
  }

  HttpAnswer mint(HttpQuestion question) {
    final JsonBody body = JsonBody.read(question, FIELDS);
    final Subject subject = subject(body);
    final int kind =
        body.has("kind") && body.choice("kind", "person", "paper") == 1
            ? HealthCode.KIND_PAPER
            : HealthCode.KIND_PERSON;
    final int ttlSeconds =
        body.number("ttlSeconds", 1, Limits.MAX_CODE_SECONDS, Limits.DEFAULT_CODE_SECONDS);
    final long now = Instant.now().getEpochSecond();
    final SigningKey key = keys == null ? null : keys.current(format, now);
    if (key == null) {
      throw Problem.of(503, "no-signing-key", "this node has no valid key for " + format);
    }
    final StatusRecord status = new StatusRecord();
    if (!statusMap.get(subject, status)) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    final String code =
        issuers
            .computeIfAbsent(key, signing -> new CodeIssuer(format, signing))
            .issue(
                CodeClaims.ofPerson(
                    subject.toBytes(),
                    kind,
                    status.colour(),
                    status.result(),
                    status.sampleEpochMinutes(),
                    status.doses(),
                    serial,
                    now,
                    now + ttlSeconds));
    if (question.headers().get("Accept", "").contains("image/png")) {
      return HttpAnswer.of("image/png", QrImage.png(code));
    }
    return HttpAnswer.json(
        201,
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("expires", Instant.ofEpochSecond(now + ttlSeconds).toString()));
  }

  private static Subject subject(JsonBody body) {
    try {
      return Subject.ofHex(body.text("subject", 2 * Subject.BYTES));
    } catch (IllegalArgumentException e) {
      throw body.problem(e.getMessage());
    }
  }
}
