package gongbei.verifier.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.QrImage;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.status.StatusMap;
import gongbei.replication.status.StatusRecord;
import gongbei.replication.status.Subject;
import gongbei.verifier.config.Limits;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** {@code POST /v1/codes}: mints a code from what the map knows of its holder. For any thread. */
final class CodeResource {
  private static final Set<String> FIELDS =
      Set.of("subject", "kind", "ttlSeconds", "region", "format");
  private static final String PNG = "image/png";
  private static final int LEAST_REST_SECONDS = 10;

  private final CodeMint mint;
  private final StatusMap statusMap;
  private final BooleanSupplier isServing;
  private final LongSupplier epochSeconds;

  /**
   * @param isServing tells, after a look-up, whether the map may be answered from
   */
  CodeResource(
      CodeMint mint, StatusMap statusMap, BooleanSupplier isServing, LongSupplier epochSeconds) {
    this.mint = mint;
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
    mint.require();
    requireOwn(body);
    final long now = epochSeconds.getAsLong();
    final SigningKey key = mint.key(now);
    final StatusRecord status = new StatusRecord();
    final boolean isKnown = statusMap.get(subject, status);
    if (!isServing.getAsBoolean()) {
      throw Problem.busy("the node's map is being made anew; ask another");
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    final String code =
        mint.issue(
            key,
            CodeClaims.ofPerson(
                subject.toBytes(),
                isPaper ? HealthCode.KIND_PAPER : HealthCode.KIND_PERSON,
                status.colour(),
                status.result(),
                status.sampleEpochMinutes(),
                status.doses(),
                mint.serial(),
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
            .put("expires", Instant.ofEpochSecond(now + ttlSeconds).toString())
            .put("refreshAt", Instant.ofEpochSecond(now + refreshAfter(ttlSeconds)).toString()));
  }

  /**
   * When a wallet is to ask for the next code, so that none expires on its screen: after three
   * quarters of the code's life, and at least {@value #LEAST_REST_SECONDS} seconds before its end.
   */
  private static long refreshAfter(int ttlSeconds) {
    return Math.max(0, Math.min(ttlSeconds * 3L / 4, ttlSeconds - LEAST_REST_SECONDS));
  }

  /** A node mints codes of one region, which a request may name. */
  private void requireOwn(JsonBody body) {
    final CodeFormat format = mint.format();
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
