package gongbei.verifier.http.transport;

import java.util.List;
import java.util.Locale;

/** Chooses between media types by a request's Accept (RFC 9110 §12.5.1). */
public final class MediaChoice {
  private MediaChoice() {}

  /**
   * The offered type that the client likes best, the first of those it likes alike.
   *
   * @param accept the field's values; without any the client takes everything
   * @return null where the client accepts none of them
   */
  public static String of(List<String> accept, String... offered) {
    String best = null;
    double bestQuality = 0;
    for (final String type : offered) {
      final double quality = accept.isEmpty() ? 1 : quality(String.join(",", accept), type);
      if (quality > bestQuality) {
        best = type;
        bestQuality = quality;
      }
    }
    return best;
  }

  private static double quality(String accept, String type) {
    final String family = type.substring(0, type.indexOf('/') + 1) + "*";
    double quality = 0;
    int mostSpecific = 0;
    for (final String range : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      final String[] parts = range.split(";", -1);
      final String name = parts[0].strip();
      final int specific =
          name.equals(type) ? 3 : name.equals(family) ? 2 : name.equals("*/*") ? 1 : 0;
      if (specific > mostSpecific) {
        mostSpecific = specific;
        quality = weight(parts);
      }
    }
    return quality;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      final String parameter = parts[i].strip();
      if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
        return Double.parseDouble(parameter.substring(2));
      }
    }
    return 1;
  }
}
