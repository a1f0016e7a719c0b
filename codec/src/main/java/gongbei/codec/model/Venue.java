package gongbei.codec.model;

import java.util.Objects;
import java.util.Optional;

/**
 * What a venue's code says of its place.
 *
 * @param checkpoint the kind of checkpoint that it is, as in {@code metro}
 * @param place its name, for holders to read
 * @param ruleset the name of the ruleset that holders are judged by
 * @param form how the code is shown
 * @param pinDigest of the PIN that holders are asked for; empty where there is none. Not to be
 *     changed
 */
public record Venue(
    String checkpoint, String place, String ruleset, VenueForm form, Optional<byte[]> pinDigest) {
  /** Checks that nothing is missing. */
  public Venue {
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(ruleset, "ruleset");
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(pinDigest, "pinDigest");
  }

  /** The same venue, whose code is shown in another form. */
  public Venue in(VenueForm other) {
    return new Venue(checkpoint, place, ruleset, other, pinDigest);
  }
}
