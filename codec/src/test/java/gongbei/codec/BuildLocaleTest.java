package gongbei.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;

/** Where the tests run is where Maven was told to: see the parent POM. */
final class BuildLocaleTest {
  @Test
  void theLocaleAndTheZoneThatWereAskedForAreTheOnesInForce() {
    assertEquals(System.getProperty("user.language"), Locale.getDefault().getLanguage());
    assertEquals(System.getProperty("user.country"), Locale.getDefault().getCountry());
    assertEquals(System.getProperty("user.timezone"), TimeZone.getDefault().getID());
  }
}
