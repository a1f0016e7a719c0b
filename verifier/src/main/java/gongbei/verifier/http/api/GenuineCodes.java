package gongbei.verifier.http.api;

import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSignatures;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustStore;
import gongbei.codec.validity.CodeValidity;
import gongbei.codec.validity.ValidityFault;
import gongbei.verifier.http.transport.Problem;

/**
 * Decodes and verifies a code that is a field of a request, one at a time; what is wrong with it is
 * a {@link Problem} of that field. For any thread.
 */
final class GenuineCodes {
  private final TrustStore trust;
  private final CodeSignatures signatures = new CodeSignatures(new BouncyCastleEngine(), 1);

  GenuineCodes(TrustStore trust) {
    this.trust = trust;
  }

  /** Decodes a code. */
  static HealthCode decode(String text, String field) {
    final HealthCode code = new HealthCode();
    final byte[] bytes = CodeText.bytes(text);
    if (!code.wrap(bytes, 0, bytes.length)) {
      throw refusal(
          code.isUnsupported()
              ? TranslationFault.UNSUPPORTED_CODE
              : TranslationFault.MALFORMED_CODE,
          field,
          code.field() + " " + code.explanation());
    }
    return code;
  }

  /** Finds the key whose signature a code carries. */
  synchronized IssuerKey signer(HealthCode code, String field) {
    signatures.begin(trust.current());
    if (signatures.add(code) < 0) {
      throw refusal(TranslationFault.UNKNOWN_CODE_ISSUER, field, "names no key that is trusted");
    }
    signatures.verify();
    final IssuerKey key = signatures.signer(0);
    if (key == null) {
      throw refusal(TranslationFault.BAD_CODE_SIGNATURE, field, "is not the issuer's");
    }
    return key;
  }

  /** Refuses a code that does not hold now. */
  static void requireValid(HealthCode code, IssuerKey key, long nowEpochSeconds, String field) {
    final ValidityFault fault = CodeValidity.check(code, key, nowEpochSeconds, 0);
    if (fault != ValidityFault.NONE) {
      throw refusal(
          TranslationFault.of(fault),
          field,
          "has " + fault.field() + ", which " + fault.explanation());
    }
  }

  static Problem refusal(TranslationFault fault, String field, String reason) {
    return Problem.unprocessable(fault.wireName(), field, reason);
  }
}
