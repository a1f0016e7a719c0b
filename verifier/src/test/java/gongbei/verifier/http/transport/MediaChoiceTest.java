package gongbei.verifier.http.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** By the examples and rules of RFC 9110 §12.5.1. */
final class MediaChoiceTest {
  private static String choose(String... accept) {
    return MediaChoice.of(List.of(accept), "application/json", "image/png");
  }

  @Test
  void withoutAWishTheFirstOfferIsTaken() {
    assertEquals("application/json", choose());
    assertEquals("application/json", choose("*/*"));
    assertEquals("application/json", choose("image/png, application/json"));
  }

  @Test
  void theGreaterWeightWins() {
    assertEquals("image/png", choose("image/png"));
    assertEquals("image/png", choose("IMAGE/PNG"));
    assertEquals("image/png", choose("application/json;q=0.5, image/*"));
    assertEquals("image/png", choose("application/json; q=0.2", "image/png; q=0.3"));
    assertEquals("application/json", choose("image/png;q=0.9, */*"));
  }

  @Test
  void theMoreSpecificRangeDecidesAndZeroForbids() {
    assertEquals("application/json", choose("*/*, image/png;q=0"));
    assertEquals("image/png", choose("*/*;q=0.1, application/json;q=0"));
    assertNull(choose("text/html"));
    assertNull(choose("*/*;q=0"));
  }
}
