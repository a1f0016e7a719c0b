package gongbei.verifier.http.api;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Venue;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ValidityFault;
import gongbei.verifier.config.VenueLimits;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.limits.ClientLimits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Reads the codes of venues: a code of this region, genuine, and of no other kind. Those that were
 * found genuine under the trust list in force are remembered, for many holders scan the same one.
 * For any thread.
 */
final class VenueCodes {
  private static final int MAX_CODE_CHARACTERS = 1_024;

  private final TrustStore trust;
  private final CodeFormat format;
  private final GenuineCodes genuine;
  private final LongSupplier epochSeconds;
  private final Map<String, Shown> known = new LinkedHashMap<>();
  private TrustList knownUnder;

  VenueCodes(ApiContext<?> context) {
    this.trust = context.trust();
    this.format = context.format();
    this.genuine = new GenuineCodes(context.trust());
    this.epochSeconds = context.epochSeconds();
  }

  /**
   * A code of a venue.
   *
   * @param serial 8 bytes, the same on paper and on each minute's screen; not to be changed
   * @param expiresAtEpochSeconds from when its time is over
   */
  record Shown(Venue venue, byte[] serial, long expiresAtEpochSeconds) {
    /** The serial as a number. */
    long number() {
      return ByteBuffer.wrap(serial).getLong();
    }

    /** Whether its time is over. */
    boolean isOver(long nowEpochSeconds) {
      return nowEpochSeconds >= expiresAtEpochSeconds;
    }
  }

  /** Reads the code of a venue in a field of a request, which holds or whose time is over. */
  Shown require(JsonBody body, String field) {
    final String text = body.text(field, MAX_CODE_CHARACTERS);
    final Shown known = recall(text);
    if (known != null) {
      return known;
    }
    final Shown shown = read(text, field);
    remember(text, shown);
    return shown;
  }

  private Shown read(String text, String field) {
    final HealthCode code = GenuineCodes.decode(text, field);
    if (code.format().isForeign() || code.region().kind() != CodeKind.VENUE) {
      throw Problem.unprocessable(
          "not-a-venue-code",
          field,
          "is no venue's code, but "
              + (code.format().isForeign() ? "a certificate" : "of kind " + code.region().kind()));
    }
    if (code.format() != format) {
      throw Problem.unprocessable(
          "venue-of-other-region",
          field,
          "is of " + code.format().issuer() + ", not of " + format.issuer());
    }
    final IssuerKey key = genuine.signer(code, field);
    final ValidityFault fault =
        CodeValidity.check(code, key, epochSeconds.getAsLong(), ClientLimits.CLOCK_SKEW_SECONDS);
    if (fault != ValidityFault.NONE && fault != ValidityFault.EXPIRED) {
      throw GenuineCodes.refusal(
          TranslationFault.of(fault),
          field,
          "has " + fault.field() + ", which " + fault.explanation());
    }
    final int serial = code.region().serialOffset();
    return new Shown(
        code.region().venue().venue(),
        Arrays.copyOfRange(code.buffer(), serial, serial + CodeLimits.SERIAL_BYTES),
        code.cwt().expiresAtEpochSeconds());
  }

  private synchronized Shown recall(String text) {
    if (knownUnder != trust.current()) {
      known.clear();
      knownUnder = trust.current();
    }
    return known.get(text);
  }

  private synchronized void remember(String text, Shown shown) {
    if (known.size() >= VenueLimits.MAX_REMEMBERED_VENUES) {
      known.remove(known.keySet().iterator().next());
    }
    known.put(text, shown);
  }
}
