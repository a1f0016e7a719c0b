package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.model.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;

/**
 * One public key that an issuer signs codes with. Immutable; identity is what signature engines
 * keep their prepared state by.
 *
 * @param issuer the issuer's short name: {@code GD}, {@code MO}, or the country of an EU issuer; of
 *     an authority the common name on its certificate
 * @param kid the first 8 bytes of the SHA-256 of the DER certificate (hcert specification), as one
 *     big-endian number
 * @param algorithm what the key signs with; of a key of ECDSA the one that RFC 9053 §2.1 suggests
 *     for its curve
 * @param publicKey the key itself, its curve point checked, on Bouncy Castle's optimised curve
 * @param formats the formats that the key may sign; one region's key never signs another's code
 * @param hcertTypes which HCERT types an {@code HC1} key may sign, a bit set of {@code
 *     HcertClaims}' constants; a key without an extended key usage of the EU's may sign all
 * @param notBeforeEpochSeconds first second of the key's validity
 * @param notAfterEpochSeconds last second of the key's validity
 */
public record IssuerKey(
    String issuer,
    long kid,
    SignatureAlgorithm algorithm,
    AsymmetricKeyParameter publicKey,
    Set<CodeFormat> formats,
    int hcertTypes,
    long notBeforeEpochSeconds,
    long notAfterEpochSeconds) {
  /** The {@link #issuer} of a key whose certificate names none. */
  public static final String NO_NAME = "??";

  public IssuerKey {
    Objects.requireNonNull(issuer, "issuer");
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(publicKey, "publicKey");
    formats = Set.copyOf(formats);
  }

  /**
   * The same key under each algorithm that a code of its formats may name. Of ECDSA the algorithm
   * names the hash alone (RFC 9053 §2.1), and the key has the curve: codes signed on P-384 with
   * SHA-256 are about.
   *
   * @return this key, then the others
   */
  List<IssuerKey> underEachAlgorithm() {
    final List<IssuerKey> keys = new ArrayList<>();
    keys.add(this);
    for (final SignatureAlgorithm other : SignatureAlgorithm.values()) {
      if (algorithm.isEcdsa()
          && other.isEcdsa()
          && other != algorithm
          && formats.stream().anyMatch(format -> format.permits(other))) {
        keys.add(under(other));
      }
    }
    return keys;
  }

  /** The same key under another algorithm of ECDSA, which names another hash. */
  IssuerKey under(SignatureAlgorithm other) {
    return new IssuerKey(
        issuer,
        kid,
        other,
        publicKey,
        formats,
        hcertTypes,
        notBeforeEpochSeconds,
        notAfterEpochSeconds);
  }

  /** Whether the key may sign what that region issues; {@link #issuer} does not say so. */
  public boolean signsFor(Region region) {
    return formats.contains(CodeFormat.of(region));
  }

  /** The kid as 16 lower-case hexadecimal digits. */
  public String kidHex() {
    return String.format(Locale.ROOT, "%016x", kid);
  }

  /** Whether the key is valid at that second. */
  public boolean isValidAt(long epochSeconds) {
    return notBeforeEpochSeconds <= epochSeconds && epochSeconds <= notAfterEpochSeconds;
  }
}
