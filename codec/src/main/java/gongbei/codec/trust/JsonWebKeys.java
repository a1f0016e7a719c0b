package gongbei.codec.trust;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.SignatureAlgorithm;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.util.BigIntegers;

/** Reads public keys out of JSON Web Keys (RFC 7517), of ECDSA's curves and of RSA. */
public final class JsonWebKeys {
  private static final int ALL_TYPES =
      HcertClaims.TEST | HcertClaims.VACCINATION | HcertClaims.RECOVERY;
  private static final int P256_BYTES = 32;
  private static final int MAX_COORDINATE_CHARACTERS = 1_400;

  private JsonWebKeys() {}

  /**
   * The public key.
   *
   * @param source names it in messages
   * @throws TrustException where it is of another type, no point of its curve, or weak
   */
  public static AsymmetricKeyParameter publicKey(String source, JsonNode jwk)
      throws TrustException {
    return switch (jwk.path("kty").asText()) {
      case "EC" -> elliptic(source, jwk);
      case "RSA" -> {
        final RSAKeyParameters key;
        try {
          key = new RSAKeyParameters(false, number(source, jwk, "n"), number(source, jwk, "e"));
        } catch (IllegalArgumentException e) {
          throw new TrustException(source + ": RSA public key can't be read");
        }
        Certificates.requireStrongModulus(source, key);
        yield key;
      }
      default -> throw new TrustException(source + ": kty is neither EC nor RSA");
    };
  }

  private static ECPublicKeyParameters elliptic(String source, JsonNode jwk) throws TrustException {
    final ECNamedDomainParameters curve =
        switch (jwk.path("crv").asText()) {
          case "P-256" -> Curves.P256;
          case "P-384" -> Curves.P384;
          case "P-521" -> Curves.P521;
          default -> throw new TrustException(source + ": crv is none of P-256, P-384 and P-521");
        };
    try {
      return new ECPublicKeyParameters(
          curve.getCurve().createPoint(number(source, jwk, "x"), number(source, jwk, "y")), curve);
    } catch (IllegalArgumentException e) {
      throw new TrustException(source + ": public key is not a point of its curve");
    }
  }

  /** Some lists write numbers with a byte for the sign before them, and with padding. */
  private static BigInteger number(String source, JsonNode jwk, String name) throws TrustException {
    final String text = jwk.path(name).asText("");
    if (text.isEmpty() || text.length() > MAX_COORDINATE_CHARACTERS) {
      throw new TrustException(source + ": " + name + " is missing or too long");
    }
    try {
      return new BigInteger(1, Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      throw new TrustException(source + ": " + name + " is not Base64 for URLs");
    }
  }

  /**
   * The key of an issuer of SMART Health Cards: of P-256, its kid the key's thumbprint.
   *
   * @param source names it in messages
   * @param issuer the issuer's address
   */
  public static IssuerKey healthCardKey(String source, String issuer, JsonNode jwk)
      throws TrustException {
    final AsymmetricKeyParameter key = publicKey(source, jwk);
    if (!(key instanceof ECPublicKeyParameters elliptic)
        || !elliptic.getParameters().equals(Curves.P256)) {
      throw new TrustException(source + ": a health card is signed on P-256, and this key is not");
    }
    final String use = jwk.path("use").asText("sig");
    final String algorithm = jwk.path("alg").asText("ES256");
    if (!use.equals("sig") || !algorithm.equals("ES256")) {
      throw new TrustException(source + ": use and alg are not sig and ES256");
    }
    final byte[] thumbprint = thumbprint(elliptic);
    final String kid = Base64.getUrlEncoder().withoutPadding().encodeToString(thumbprint);
    if (!jwk.path("kid").asText(kid).equals(kid)) {
      throw new TrustException(source + ": kid is not the key's thumbprint, " + kid);
    }
    return healthCardKey(issuer, elliptic);
  }

  /** The key of P-256 of an issuer of SMART Health Cards. */
  static IssuerKey healthCardKey(String issuer, ECPublicKeyParameters key) {
    return new IssuerKey(
        issuer,
        ByteBuffer.wrap(thumbprint(key)).getLong(),
        SignatureAlgorithm.ES256,
        key,
        Set.of(CodeFormat.SHC),
        ALL_TYPES,
        0,
        Long.MAX_VALUE);
  }

  /** RFC 7638 §3 of a key of P-256: SHA-256 of its members in their order. */
  static byte[] thumbprint(ECPublicKeyParameters key) {
    final byte[] members =
        ("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\""
                + coordinate(key.getQ().normalize().getAffineXCoord().toBigInteger())
                + "\",\"y\":\""
                + coordinate(key.getQ().normalize().getAffineYCoord().toBigInteger())
                + "\"}")
            .getBytes(StandardCharsets.US_ASCII);
    final SHA256Digest sha256 = new SHA256Digest();
    sha256.update(members, 0, members.length);
    final byte[] hash = new byte[sha256.getDigestSize()];
    sha256.doFinal(hash, 0);
    return hash;
  }

  private static String coordinate(BigInteger number) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(BigIntegers.asUnsignedByteArray(P256_BYTES, number));
  }
}
