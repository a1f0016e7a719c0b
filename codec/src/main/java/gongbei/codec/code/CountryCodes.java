package gongbei.codec.code;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Compares the codes that issuers of travel documents name their country by: the three letters of
 * ISO 3166-1 with ICAO's own (ICAO 9303-3 §5), and the two letters of certificates.
 */
final class CountryCodes {
  private static final Map<String, String> TWO_OF_THREE = twoOfThree();

  private CountryCodes() {}

  private static Map<String, String> twoOfThree() {
    final Map<String, String> codes = new HashMap<>();
    for (final String two : Locale.getISOCountries()) {
      codes.put(new Locale("", two).getISO3Country(), two);
    }
    codes.put("D", "DE");
    codes.put("EUE", "EU");
    codes.put("RKS", "XK");
    codes.put("UNO", "UN");
    codes.put("UTO", "UT");
    return Map.copyOf(codes);
  }

  /**
   * Whether both mean one country.
   *
   * @param issuer as a travel document has it, of one to three letters
   * @param country of two letters, or three
   */
  static boolean isSame(String issuer, String country) {
    return country.equals(issuer) || country.equals(TWO_OF_THREE.get(issuer));
  }
}
