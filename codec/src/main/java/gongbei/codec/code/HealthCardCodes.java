package gongbei.codec.code;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Knows what the codes mean that SMART Health Cards name vaccines and tests by: those in {@code
 * health-card-codes.txt}. Looking one up allocates nothing. For any thread.
 */
final class HealthCardCodes {
  private static final String TABLE = "health-card-codes.txt";
  private static final int MAX_CODE_BYTES = 8;
  private static final long[] VACCINES = codes("cvx");
  private static final long[] NAATS = codes("naat");
  private static final long[] RATS = codes("rat");
  private static final long[] ANTIBODIES = codes("antibody");

  private HealthCardCodes() {}

  private static long[] codes(String kind) {
    try (InputStream table = HealthCardCodes.class.getResourceAsStream(TABLE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(table, StandardCharsets.US_ASCII))) {
      return lines
          .lines()
          .filter(line -> line.startsWith(kind + " "))
          .map(line -> line.substring(kind.length() + 1).getBytes(StandardCharsets.US_ASCII))
          .mapToLong(code -> packed(code, code.length))
          .sorted()
          .toArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long packed(byte[] code, int length) {
    long packed = 0;
    for (int i = 0; i < length; i++) {
      packed = (packed << 8) | (code[i] & 0xFF);
    }
    return packed;
  }

  private static boolean isIn(long[] codes, byte[] code, int length) {
    return length > 0
        && length <= MAX_CODE_BYTES
        && Arrays.binarySearch(codes, packed(code, length)) >= 0;
  }

  /** Whether the first bytes are a CVX code of a vaccine against COVID-19. */
  static boolean isVaccine(byte[] code, int length) {
    return isIn(VACCINES, code, length);
  }

  /** The kind of test for COVID-19 that the first bytes name in LOINC, or null. */
  static TestKind testKind(byte[] code, int length) {
    if (isIn(NAATS, code, length)) {
      return TestKind.NAAT;
    }
    return isIn(RATS, code, length) ? TestKind.RAT : null;
  }

  /** Whether the first bytes name in LOINC a test for what an infection leaves, not for itself. */
  static boolean isAntibodyTest(byte[] code, int length) {
    return isIn(ANTIBODIES, code, length);
  }
}
