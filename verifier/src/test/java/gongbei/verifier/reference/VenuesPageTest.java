package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.CodeKind;
import gongbei.codec.model.VenueForm;
import gongbei.testing.Document;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.VenueLimits;
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
            VenueLimits.VENUE_CODE_MARGIN_SECONDS + " seconds after its minute",
            "a PIN of "
                + VenueLimits.MIN_PIN_DIGITS
                + " to "
                + VenueLimits.MAX_PIN_DIGITS
                + " digits",
            "holds for " + Limits.DEFAULT_PAPER_CODE_SECONDS / 86_400 + " days",
            "up to " + Limits.MAX_PAPER_CODE_SECONDS / 86_400,
            String.format(Locale.ROOT, "%,d screens", VenueLimits.MAX_VENUE_SCREENS),
            VenueLimits.MAX_VENUE_SCREENS_OF_CALLER + " of one caller")) {
      assertTrue(PAGE.contains(fact), fact);
    }
    assertEquals(60, VenueLimits.VENUE_CODE_SECONDS, "each minute");
    assertEquals(1, VenueLimits.WRONG_PINS_PER_SECOND, "one a second");
    assertEquals(3_600, Limits.EVENT_STREAM_SECONDS, "an hour at most");
  }
}
