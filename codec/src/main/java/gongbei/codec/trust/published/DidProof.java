package gongbei.codec.trust.published;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/**
 * Verifies the proof of a DID document, a {@code JsonWebSignature2020}: a detached JWS (RFC 7797)
 * over the digests of its options and of the document ({@link DidQuads}). ES256 alone; the
 * signature may be raw r‖s, as JWS has it, or DER, as the WHO's signer writes it.
 */
final class DidProof {
  private static final int RAW_BYTES = 64;

  private DidProof() {}

  /** The DID of the key that a document's proof is by, or empty where it has no proof. */
  static String signerOf(JsonNode document) {
    return document.path("proof").path("verificationMethod").asText("");
  }

  /**
   * Verifies the proof of a document.
   *
   * @throws TrustException where it is not by that key, or can't be checked
   */
  static void verify(String source, JsonNode document, AsymmetricKeyParameter key)
      throws TrustException {
    final JsonNode proof = document.path("proof");
    if (!proof.path("type").asText().equals("JsonWebSignature2020")) {
      throw new TrustException(source + ": its proof is no JsonWebSignature2020");
    }
    final String[] jws = proof.path("jws").asText("").split("\\.", -1);
    if (jws.length != 3 || !jws[1].isEmpty()) {
      throw new TrustException(source + ": its proof is no detached JWS");
    }
    try {
      requireHeader(source, jws[0]);
      final byte[] signature = Base64.getUrlDecoder().decode(jws[2]);
      final ByteArrayOutputStream signed = new ByteArrayOutputStream();
      signed.writeBytes((jws[0] + ".").getBytes(StandardCharsets.US_ASCII));
      signed.writeBytes(sha256(DidQuads.ofProof(source, document)));
      signed.writeBytes(sha256(DidQuads.ofDocument(source, document)));
      if (!isValid(key, sha256(signed.toByteArray()), signature)) {
        throw new TrustException(
            source + ": its proof is not by " + signerOf(document) + ", or the list was changed");
      }
    } catch (IllegalArgumentException e) {
      throw new TrustException(source + ": its proof can't be read");
    }
  }

  private static void requireHeader(String source, String encoded) throws TrustException {
    final JsonNode header = TrustListFile.tree(source, Base64.getUrlDecoder().decode(encoded));
    final String algorithm = header.path("alg").asText();
    // Some of the WHO's signers name the type of the key in place of the algorithm.
    if (!algorithm.equals("ES256") && !algorithm.equals("EC")) {
      throw new TrustException(source + ": its proof is by " + algorithm + ", not ES256");
    }
    if (header.path("b64").asBoolean(true)) {
      throw new TrustException(source + ": its proof is not over bytes as they are (b64)");
    }
    for (final JsonNode name : header.path("crit")) {
      if (!name.asText().equals("b64")) {
        throw new TrustException(source + ": its proof demands that " + name + " is understood");
      }
    }
  }

  private static boolean isValid(AsymmetricKeyParameter key, byte[] hash, byte[] signature) {
    if (!(key instanceof ECPublicKeyParameters elliptic)) {
      return false;
    }
    final BigInteger[] parts;
    try {
      parts =
          signature.length == RAW_BYTES
              ? new BigInteger[] {
                new BigInteger(1, signature, 0, RAW_BYTES / 2),
                new BigInteger(1, signature, RAW_BYTES / 2, RAW_BYTES / 2)
              }
              : StandardDSAEncoding.INSTANCE.decode(elliptic.getParameters().getN(), signature);
    } catch (IOException | RuntimeException e) {
      return false;
    }
    final ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, elliptic);
    return verifier.verifySignature(hash, parts[0], parts[1]);
  }

  private static byte[] sha256(byte[] bytes) {
    final SHA256Digest digest = new SHA256Digest();
    digest.update(bytes, 0, bytes.length);
    final byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }
}
