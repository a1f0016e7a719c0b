package gongbei.verifier.client;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** What an authority signs of an HTTP request (RFC 9421 §2.5, RFC 9530 §2). */
public final class SignatureBase {
  /** The covered components, in their order. */
  public static final String COMPONENTS = "(\"@method\" \"@path\" \"content-digest\")";

  private SignatureBase() {}

  /**
   * The text that is signed.
   *
   * @param contentDigest the Content-Digest field's value
   * @param parameters the value of Signature-Input after its label
   */
  public static String of(String method, String path, String contentDigest, String parameters) {
    return "\"@method\": "
        + method
        + "\n\"@path\": "
        + path
        + "\n\"content-digest\": "
        + contentDigest
        + "\n\"@signature-params\": "
        + parameters;
  }

  /** The value of a Content-Digest field. */
  public static String contentDigest(byte[] body) {
    try {
      final byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      return "sha-256=:" + Base64.getEncoder().encodeToString(digest) + ":";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
