package gongbei.bench;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.bouncycastle.crypto.params.ECKeyParameters;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Distinct codes of one issuer, cut into what is signed and the signature. */
final class SignedCodes {
  private static final int SUBJECT_BYTES = 16;
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
    final Instant now = Instant.now();
    final SigningKey key =
        new KeyGeneration()
            .generate(format.issuer(), now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(1)));
    final SignedCodes codes = new SignedCodes(key, count);
    final CodeIssuer issuer = new CodeIssuer(format, key);
    final SplittableRandom random = new SplittableRandom(1);
    final HealthCode decoded = new HealthCode();
    final byte[] subject = new byte[SUBJECT_BYTES];
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    for (int i = 0; i < count; i++) {
      random.nextBytes(subject);
      random.nextBytes(serial);
      final byte[] text =
          issuer
              .issue(
                  CodeClaims.ofPerson(
                      subject,
                      HealthCode.KIND_PERSON,
                      0,
                      1,
                      (int) (now.getEpochSecond() / 60) - 60,
                      2,
                      serial,
                      now.getEpochSecond(),
                      now.plus(Duration.ofDays(1)).getEpochSecond()))
              .getBytes(StandardCharsets.US_ASCII);
      decoded.wrap(text, 0, text.length);
      codes.messages[i] = Arrays.copyOf(decoded.signed(), decoded.signedLength());
      codes.signatures[i] =
          Arrays.copyOfRange(
              decoded.buffer(),
              decoded.signatureOffset(),
              decoded.signatureOffset() + decoded.signatureLength());
    }
    return codes;
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
