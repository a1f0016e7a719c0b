package gongbei.bench.jmh;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.signature.SignatureBatch;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECKeyParameters;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Distinct codes of one issuer, cut into what is signed and the signature. */
final class SignedCodes {
  private static final int HALF = 32;

  private final SigningKey key;
  private final byte[][] messages;
  private final byte[][] signatures;

  private SignedCodes(SigningKey key, int count) {
    this.key = key;
    messages = new byte[count][];
    signatures = new byte[count][];
  }

  /** Makes a key and issues codes with it: GD1 for SM2, MO1 for ES256. */
  static SignedCodes of(SignatureAlgorithm algorithm, int count) {
    final CodeFormat format = algorithm == SignatureAlgorithm.SM2 ? CodeFormat.GD1 : CodeFormat.MO1;
    final Residents residents = new Residents(format, count);
    return of(residents.key(), residents.codes(count));
  }

  /** Cuts codes that were signed with one key. */
  static SignedCodes of(SigningKey key, byte[][] texts) {
    final SignedCodes codes = new SignedCodes(key, texts.length);
    final HealthCode decoded = new HealthCode();
    for (int i = 0; i < texts.length; i++) {
      final byte[] text = texts[i];
      decoded.wrap(text, 0, text.length);
      codes.messages[i] = Arrays.copyOf(decoded.cose().signed(), decoded.cose().signedLength());
      codes.signatures[i] =
          Arrays.copyOfRange(
              decoded.buffer(),
              decoded.cose().signatureOffset(),
              decoded.cose().signatureOffset() + decoded.cose().signatureLength());
    }
    return codes;
  }

  /**
   * Verifies the signatures of so many codes together.
   *
   * @param batch has room for them
   * @return how many are valid
   */
  int verify(SignatureEngine engine, SignatureBatch batch, int first, int count) {
    batch.clear();
    for (int i = first; i < first + count; i++) {
      batch.add(
          key.issuerKey(),
          messages[i],
          0,
          messages[i].length,
          signatures[i],
          0,
          signatures[i].length);
    }
    engine.verify(batch);
    int valid = 0;
    for (int i = 0; i < count; i++) {
      valid += batch.outcome(i) ? 1 : 0;
    }
    return valid;
  }

  SigningKey key() {
    return key;
  }

  byte[] message(int index) {
    return messages[index];
  }

  /** Raw r‖s. */
  byte[] signature(int index) {
    return signatures[index];
  }

  /** All signatures as ASN.1 sequences of r and s, as the JCA's peers take them. */
  byte[][] derSignatures() {
    final BigInteger order = ((ECKeyParameters) key.privateKey()).getParameters().getN();
    final byte[][] der = new byte[signatures.length][];
    try {
      for (int i = 0; i < der.length; i++) {
        der[i] =
            StandardDSAEncoding.INSTANCE.encode(
                order,
                new BigInteger(1, signatures[i], 0, HALF),
                new BigInteger(1, signatures[i], HALF, HALF));
      }
    } catch (IOException e) {
      throw new IllegalStateException("a signature has no ASN.1 form", e);
    }
    return der;
  }
}
