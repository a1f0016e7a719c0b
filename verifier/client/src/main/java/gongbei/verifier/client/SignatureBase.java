package gongbei.verifier.client;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** What an authority signs of an HTTP request (RFC 9421 §2.5, RFC 9530 §2). */
public final class SignatureBase {
  /** The covered components, in their order. */
  public static final String COMPONENTS = "(\"@method\" \"@path\" \"content-digest\")";

  private SignatureBase() {}

  /**
   * The text that is signed.
   *
   * @param components {@code @method}, {@code @path} and {@code content-digest} in their order
   * @param contentDigest the Content-Digest field's value
   * @param parameters the value of Signature-Input after its label
   */
  public static String of(
      List<String> components,
      String method,
      String path,
      String contentDigest,
      String parameters) {
    final StringBuilder base = new StringBuilder();
    for (final String component : components) {
      base.append('"')
          .append(component)
          .append("\": ")
          .append(
              switch (component) {
                case "@method" -> method;
                case "@path" -> path;
                case "content-digest" -> contentDigest;
                default -> throw new IllegalArgumentException(component + " can't be covered");
              })
          .append('\n');
    }
    return base.append("\"@signature-params\": ").append(parameters).toString();
  }

  /** The text that is signed, its components in the order of {@link #COMPONENTS}. */
  public static String of(String method, String path, String contentDigest, String parameters) {
    return of(
        List.of("@method", "@path", "content-digest"), method, path, contentDigest, parameters);
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
