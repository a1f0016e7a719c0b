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
import io.netty.handler.codec.http.HttpHeaderNames;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** {@code POST /v1/codes}: mints a code from what the map knows of its holder. For any thread. */
final class CodeResource {
  private static final Set<String> FIELDS =
      Set.of("subject", "kind", "ttlSeconds", "region", "format");
  private static final String PNG = "image/png";
  private static final int MAX_REMEMBERED_ISSUERS = 64;

  private final CodeFormat format;
  private final SigningKeys keys;
  private final StatusMap statusMap;
  private final BooleanSupplier isServing;
  private final Map<SigningKey, CodeIssuer> issuers = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();
  private final LongSupplier epochSeconds;

  /**
   * @param keys what to sign with, or null where this node mints nothing
   * @param isServing tells, after a look-up, whether the map may be answered from
   */
  CodeResource(
      CodeFormat format,
      SigningKeys keys,
      StatusMap statusMap,
      BooleanSupplier isServing,
      LongSupplier epochSeconds) {
    this.format = format;
    this.keys = keys;
    this.statusMap = statusMap;
    this.isServing = isServing;
    this.epochSeconds = epochSeconds;
  }

  HttpAnswer mint(HttpQuestion question) {
    final String media =
        MediaChoice.of(question.headers().getAll(HttpHeaderNames.ACCEPT), HttpAnswer.JSON, PNG);
    if (media == null) {
      throw Problem.of(406, "not-acceptable", "a code comes as application/json or image/png");
    }
    final JsonBody body = JsonBody.read(question, FIELDS);
    final Subject subject = subject(body);
    final boolean isPaper = body.has("kind") && body.choice("kind", "person", "paper") == 1;
    final int ttlSeconds =
        body.number(
            "ttlSeconds",
            1,
            isPaper ? Limits.MAX_PAPER_CODE_SECONDS : Limits.MAX_CODE_SECONDS,
            isPaper ? Limits.DEFAULT_PAPER_CODE_SECONDS : Limits.DEFAULT_CODE_SECONDS);
    if (keys == null) {
      throw Problem.of(501, "no-minting", "this node mints no codes");
    }
    requireOwn(body);
    final long now = epochSeconds.getAsLong();
    final SigningKey key = keys.current(format, now);
    if (key == null) {
      throw Problem.of(503, "no-signing-key", "this node has no key for " + format + " valid now");
    }
    final StatusRecord status = new StatusRecord();
    final boolean isKnown = statusMap.get(subject, status);
    if (!isServing.getAsBoolean()) {
      throw Problem.busy("the node's map is being made anew; ask another");
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    if (issuers.size() > MAX_REMEMBERED_ISSUERS) {
      issuers.clear();
    }
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    final String code =
        issuers
            .computeIfAbsent(key, signing -> new CodeIssuer(format, signing))
            .issue(
                CodeClaims.ofPerson(
                    subject.toBytes(),
                    isPaper ? HealthCode.KIND_PAPER : HealthCode.KIND_PERSON,
                    status.colour(),
                    status.result(),
                    status.sampleEpochMinutes(),
                    status.doses(),
                    serial,
                    now,
                    now + ttlSeconds));
    if (media.equals(PNG)) {
      return new HttpAnswer(201, PNG, QrImage.png(code), Map.of());
    }
    return HttpAnswer.json(
        201,
        JsonNodeFactory.instance
            .objectNode()
            .put("code", code)
            .put("expires", Instant.ofEpochSecond(now + ttlSeconds).toString()));
  }

  /** A node mints codes of one region, which a request may name. */
  private void requireOwn(JsonBody body) {
    if (body.has("region") && !body.text("region", 2).equals(format.issuer())) {
      throw body.ofField("region", "is not " + format.issuer() + ", this node's");
    }
    if (body.has("format")
        && !body.text("format", CodeFormat.PREFIX_LENGTH).equals(format.name())) {
      throw body.ofField("format", "is not " + format + ", this node's");
    }
  }

  private static Subject subject(JsonBody body) {
    try {
      return Subject.ofHex(body.text("subject", 2 * Subject.BYTES));
    } catch (IllegalArgumentException e) {
      throw body.ofField("subject", "is not 32 hexadecimal digits");
    }
  }
}
