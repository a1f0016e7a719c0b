package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Seeds;
import java.util.Random;

/** Texts of JSON that are changed in a sign or two, of which many are another's or nobody's. */
final class ChangedTexts {
  private static final int TEXTS = 300_000;

  private ChangedTexts() {}

  /** A reader that takes some texts and leaves others. */
  interface Reader {
    /** Whether it takes a text. */
    boolean reads(String json);

    /** Looks at what it has made of the one that it has taken. */
    void check(String json) throws Exception;
  }

  /**
   * Has what a reader takes of changed texts looked at.
   *
   * @param name of the draws
   * @param signs that are put in
   * @param good texts that it takes before they are changed
   */
  static void check(String name, String signs, Reader reader, String... good) throws Exception {
    final Random random = Seeds.random(name);
    int read = 0;
    for (int i = 0; i < TEXTS; i++) {
      final StringBuilder json = new StringBuilder(good[random.nextInt(good.length)]);
      for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
        final int at = random.nextInt(json.length());
        final char sign = signs.charAt(random.nextInt(signs.length()));
        switch (random.nextInt(3)) {
          case 0 -> json.setCharAt(at, sign);
          case 1 -> json.insert(at, sign);
          default -> json.deleteCharAt(at);
        }
      }
      if (reader.reads(json.toString())) {
        read++;
        reader.check(json.toString());
      }
    }
    assertTrue(read > 1_000, read + " were read");
  }
}
