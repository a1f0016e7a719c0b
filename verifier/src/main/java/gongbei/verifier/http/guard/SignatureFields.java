package gongbei.verifier.http.guard;

import gongbei.verifier.client.SignatureBase;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The signatures of a request as the fields Signature-Input and Signature have them (RFC 9421 §4):
 * one, or one and a second that covers the first one's input too. Their form alone is looked at
 * here, not whether they are genuine. What is not of the form is an {@link
 * IllegalArgumentException} that says why.
 *
 * @param label what names it in both fields
 * @param input its value in Signature-Input: components and parameters
 * @param components the covered components in their order, as they are written
 * @param parameters the parameters by their names
 * @param signature {@link #SIGNATURE_BYTES} bytes
 */
record SignatureFields(
    String label,
    String input,
    List<String> components,
    Map<String, String> parameters,
    byte[] signature) {
  /** The bytes of a signature: r and s. */
  private static final int SIGNATURE_BYTES = 64;

  private static final String KEY = "[a-z*][a-z0-9_.*-]{0,31}";
  private static final String VALUE =
      "(?:\"([\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]{0,128})\"|([0-9]{1,12}))";
  private static final String COMPONENT = "\"[a-z@-]{1,32}\"(?:;key=\"" + KEY + "\")?";
  private static final Pattern INPUT =
      Pattern.compile(
          "("
              + KEY
              + ")=(\\(("
              + COMPONENT
              + "(?: "
              + COMPONENT
              + "){0,7})\\)((?:;"
              + KEY
              + "="
              + VALUE
              + "){0,8}))");
  private static final Pattern PARAMETER = Pattern.compile(";(" + KEY + ")=" + VALUE);
  private static final Pattern SIGNATURE =
      Pattern.compile("(" + KEY + ")=:([A-Za-z0-9+/=]{0,96}):");
  private static final Pattern BETWEEN = Pattern.compile("[ \\t]*,[ \\t]*");
  private static final Set<String> COVERED = SignatureBase.covered("", "", "").keySet();

  /**
   * Reads both fields.
   *
   * @return one signature or two, the first of them first, wherever it stands in the fields
   */
  static List<SignatureFields> read(String inputField, String signatureField) {
    final Map<String, Matcher> inputs = members(INPUT, inputField);
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "Signature-Input is not one signature's components and parameters, or two signatures'");
    }
    final Map<String, Matcher> signatures = members(SIGNATURE, signatureField);
    if (!signatures.keySet().equals(inputs.keySet())) {
      throw new IllegalArgumentException(
          "Signature is not one of 64 bytes under each label of Signature-Input");
    }
    final List<SignatureFields> all = new ArrayList<>(inputs.size());
    inputs.forEach((label, input) -> all.add(of(label, input, signatures.get(label).group(2))));
    return inOrder(all);
  }

  /**
   * The members of a dictionary, at most two, by their labels; none where it is not of that form.
   */
  private static Map<String, Matcher> members(Pattern form, String field) {
    final Map<String, Matcher> members = new LinkedHashMap<>();
    int from = 0;
    while (members.size() < 2) {
      final Matcher member = form.matcher(field).region(from, field.length());
      if (!member.lookingAt() || members.put(member.group(1), member) != null) {
        return Map.of();
      }
      if (member.end() == field.length()) {
        return members;
      }
      final Matcher between = BETWEEN.matcher(field).region(member.end(), field.length());
      if (!between.lookingAt()) {
        return Map.of();
      }
      from = between.end();
    }
    return Map.of();
  }

  private static SignatureFields of(String label, Matcher input, String signature) {
    return new SignatureFields(
        label,
        input.group(2),
        List.of(input.group(3).split(" ", -1)),
        parametersOf(input.group(4)),
        bytesOf(signature));
  }

  private static Map<String, String> parametersOf(String text) {
    final Map<String, String> parameters = new HashMap<>();
    final Matcher each = PARAMETER.matcher(text);
    while (each.find()) {
      final String value = each.group(2) == null ? each.group(3) : each.group(2);
      if (parameters.put(each.group(1), value) != null) {
        throw new IllegalArgumentException("Signature-Input has a parameter more than once");
      }
    }
    return parameters;
  }

  private static byte[] bytesOf(String base64) {
    final byte[] signature;
    try {
      signature = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Signature is not base64", e);
    }
    if (signature.length != SIGNATURE_BYTES) {
      throw new IllegalArgumentException(
          "Signature is not one of 64 bytes under each label of Signature-Input");
    }
    return signature;
  }

  /** The first signature, which covers the request alone, and the second, which covers it too. */
  private static List<SignatureFields> inOrder(List<SignatureFields> all) {
    final int at = all.get(0).covers(COVERED) ? 0 : all.size() - 1;
    final SignatureFields first = all.get(at);
    if (!first.covers(COVERED)) {
      throw new IllegalArgumentException(
          "Signature-Input does not cover @method, @path and content-digest alone");
    }
    if (all.size() == 1) {
      return all;
    }
    final SignatureFields second = all.get(1 - at);
    final Set<String> covered = new HashSet<>(COVERED);
    covered.add(SignatureBase.firstInput(first.label()));
    if (!second.covers(covered)) {
      throw new IllegalArgumentException(
          "the second signature does not cover @method, @path, content-digest and "
              + SignatureBase.firstInput(first.label())
              + " alone");
    }
    return List.of(first, second);
  }

  private boolean covers(Set<String> wanted) {
    return components.size() == wanted.size() && wanted.equals(new HashSet<>(components));
  }

  /**
   * The text that it is made over.
   *
   * @param values the values of components
   */
  String base(Map<String, String> values) {
    final Map<String, String> covered = new LinkedHashMap<>();
    components.forEach(component -> covered.put(component, values.get(component)));
    return SignatureBase.of(covered, input);
  }
}
