package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.CodeKind;
import gongbei.codec.model.VenueForm;
import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of venues against what it says. */
final class VenuesPageTest {
  private static final String PAGE = Document.VENUES.text();

  @Test
  void theFormsAreInTheirTable() {
    assertEquals(
        Stream.of(VenueForm.values()).map(VenueForm::wireName).toList(),
        Pattern.compile("(?m)^\\| `([^`]+)`")
            .matcher(Document.VENUES.section("The code of a venue"))
            .results()
            .map(row -> row.group(1))
            .toList());
    assertTrue(PAGE.contains("`venue` (" + CodeKind.VENUE.number() + ")"));
  }

  @Test
  void theBoundsAreThoseInForce() {
    for (final String fact :
        List.of(
            "at most " + Limits.HOLDER_CODE_SECONDS + " seconds old",
            Limits.VENUE_CODE_MARGIN_SECONDS + " seconds after its minute",
            "a PIN of " + Limits.MIN_PIN_DIGITS + " to " + Limits.MAX_PIN_DIGITS + " digits",
            "holds for " + Limits.DEFAULT_PAPER_CODE_SECONDS / 86_400 + " days",
            "up to " + Limits.MAX_PAPER_CODE_SECONDS / 86_400,
            String.format(Locale.ROOT, "%,d screens", Limits.MAX_VENUE_SCREENS),
            Limits.MAX_VENUE_SCREENS_OF_CALLER + " of one caller")) {
      assertTrue(PAGE.contains(fact), fact);
    }
    assertEquals(60, Limits.VENUE_CODE_SECONDS, "each minute");
    assertEquals(1, Limits.WRONG_PINS_PER_SECOND, "one a second");
    assertEquals(3_600, Limits.EVENT_STREAM_SECONDS, "an hour at most");
  }
}
