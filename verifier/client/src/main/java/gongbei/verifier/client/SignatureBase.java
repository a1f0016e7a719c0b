package gongbei.verifier.client;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an authority signs of an HTTP request (RFC 9421 §2.5, RFC 9530 §2). */
public final class SignatureBase {
  /** The covered components, in their order. */
  public static final String COMPONENTS = "(\"@method\" \"@path\" \"content-digest\")";

  /** The covered components, as they are written in Signature-Input. */
  private static final List<String> NAMES =
      List.of("\"@method\"", "\"@path\"", "\"content-digest\"");

  private SignatureBase() {}

  /**
   * The text that is signed.
   *
   * @param components the covered components and their values in their order, each component as it
   *     is written in Signature-Input, as in {@code "@method"} with its quotation marks
   * @param parameters the value of Signature-Input after its label
   */
  public static String of(Map<String, String> components, String parameters) {
    final StringBuilder base = new StringBuilder();
    components.forEach(
        (component, value) -> base.append(component).append(": ").append(value).append('\n'));
    return base.append("\"@signature-params\": ").append(parameters).toString();
  }

  /** The text that is signed, its components in the order of {@link #COMPONENTS}. */
  public static String of(String method, String path, String contentDigest, String parameters) {
    return of(covered(method, path, contentDigest), parameters);
  }

  /** The components of {@link #COMPONENTS} and their values. */
  public static Map<String, String> covered(String method, String path, String contentDigest) {
    final Map<String, String> components = new LinkedHashMap<>();
    components.put(NAMES.get(0), method);
    components.put(NAMES.get(1), path);
    components.put(NAMES.get(2), contentDigest);
    return components;
  }

  /**
   * The component by which a second signature covers what the first was made over, when, by whom
   * and with what nonce (RFC 9421 §2.1.2), so that it can be put beside no other.
   *
   * @param label the first signature's
   */
  public static String firstInput(String label) {
    return "\"signature-input\";key=\"" + label + "\"";
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
