package gongbei.verifier.http.api;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.translate.TranslationFault;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.access.Role;
import gongbei.verifier.config.Limits;
import gongbei.verifier.http.guard.Authorizer;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds whose a code is that its holder shows to prove who they are: a person's own, of this
 * region, genuine, good now, not revoked, and minted within {@link Limits#HOLDER_CODE_SECONDS}. For
 * any thread.
 */
final class HolderProof {
  /** The header field that carries a code where a request has no body, percent-encoded. */
  static final String HEADER = "Holder-Code";

  private static final int MAX_CODE_CHARACTERS = 8_192;
  private static final int PERCENT_DIGITS = 2;

  private final GenuineCodes genuine;
  private final CodeFormat format;
  private final StatusMap map;
  private final CommandLog log;
  private final LongSupplier epochSeconds;

  HolderProof(ApiContext<?> context) {
    this.genuine = new GenuineCodes(context.trust());
    this.format = context.format();
    this.map = context.statusMap();
    this.log = context.log();
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * The holder, as the map knows them.
   *
   * @param status as it was asked for
   * @param issuedAtEpochSeconds when the code that they have shown was minted; 0 where none was
   */
  record Holder(Subject subject, StatusRecord status, long issuedAtEpochSeconds) {
    /** A holder who has shown no code. */
    Holder(Subject subject, StatusRecord status) {
      this(subject, status, 0);
    }
  }

  /** The holder whose code a field of a request's body is; throws a {@link Problem} where none. */
  Holder require(JsonBody body, String field) {
    return require(body.text(field, MAX_CODE_CHARACTERS), field);
  }

  /**
   * The holder that a request asks for, which only they may, by their code in {@link #HEADER}, and
   * who has the role issuer; throws a {@link Problem} to everybody else.
   */
  Holder require(Request question, String subjectHex) {
    final Subject subject;
    try {
      subject = Subject.ofHex(subjectHex);
    } catch (IllegalArgumentException e) {
      throw Problem.ofField("subject", "is not 32 hexadecimal digits");
    }
    final String shown = question.headers().get(HEADER);
    if (shown == null) {
      if (!question.caller().roles().contains(Role.ISSUER) && !question.caller().isNamed()) {
        throw Problem.of(
                401,
                "holder-code-missing",
                "the holder shows a fresh code of their own in "
                    + HEADER
                    + "; others need a key with the role issuer")
            .with("WWW-Authenticate", HEADER);
      }
      Authorizer.require(question.caller(), "another's history", Set.of(Role.ISSUER));
      return known(subject);
    }
    final Holder holder = require(percentDecoded(shown), HEADER);
    if (!holder.subject().equals(subject)) {
      throw Problem.ofHeader(403, "other-holder", HEADER, "is another holder's code");
    }
    return holder;
  }

  private Holder known(Subject subject) {
    final StatusRecord status = new StatusRecord();
    final boolean isKnown = map.get(subject, status);
    if (!log.isServing()) {
      throw Problem.rebuilding();
    }
    if (!isKnown) {
      throw Problem.of(404, "unknown-subject", "the map knows no such subject");
    }
    return new Holder(subject, status);
  }

  private Holder require(String text, String field) {
    final HealthCode code = GenuineCodes.decode(text, field);
    if (code.format() != format) {
      throw GenuineCodes.refusal(
          TranslationFault.UNSUPPORTED_CODE, field, "is no code of " + format.issuer());
    }
    GenuineCodes.requireValid(code, genuine.signer(code, field), epochSeconds.getAsLong(), field);
    if (code.region().kind() != CodeKind.PERSON) {
      throw GenuineCodes.refusal(
          TranslationFault.UNSUPPORTED_CODE, field, "is no person's own code");
    }
    final long now = epochSeconds.getAsLong();
    final long issuedAt = code.cwt().issuedAtEpochSeconds();
    if (now - issuedAt > Limits.HOLDER_CODE_SECONDS) {
      throw GenuineCodes.refusal(
          TranslationFault.CODE_NOT_FRESH,
          field,
          "was minted over " + Limits.HOLDER_CODE_SECONDS + " seconds ago");
    }
    final Holder holder = known(Subject.of(code.buffer(), code.region().subjectOffset()));
    if (issuedAt < holder.status().revokedBeforeEpochSeconds()
        || (holder.status().flags() & StatusRecord.DECEASED) != 0) {
      throw GenuineCodes.refusal(TranslationFault.REVOKED_CODE, field, "is revoked");
    }
    return new Holder(holder.subject(), holder.status(), issuedAt);
  }

  /** Undoes percent-encoding (RFC 3986 §2.1); what is none is no code, and is found to be so. */
  private static String percentDecoded(String text) {
    final ByteArrayOutputStream decoded = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      final char c = text.charAt(i);
      final int digits =
          c == '%' && i + PERCENT_DIGITS < text.length()
              ? (hex(text.charAt(i + 1)) << 4) | hex(text.charAt(i + 2))
              : -1;
      if (digits < 0) {
        decoded.write(c == '%' || c > 0x7E ? 0 : c);
      } else {
        decoded.write(digits);
        i += PERCENT_DIGITS;
      }
    }
    return decoded.toString(StandardCharsets.US_ASCII);
  }

  private static int hex(char digit) {
    return digit < 0x80 ? Character.digit(digit, 16) : -1;
  }
}
