package gongbei.verifier.oversight;

import java.util.List;
import java.util.Optional;

/**
 * What oversight knows at one moment.
 *
 * @param version the last version that it was computed from
 * @param epochSeconds the moment, in seconds since 1970
 * @param completeSince since when the hours miss nothing, in seconds since 1970; 0 where they never
 *     did
 * @param inForce how many holders are of which colour; empty while that is recounted
 * @param lapses the hours to come, the one that runs first
 * @param later what lapses after these hours
 * @param series what was changed, by ground and authority, in no order
 */
public record OversightReport(
    long version,
    long epochSeconds,
    long completeSince,
    Optional<Colours> inForce,
    List<Lapses> lapses,
    Lapses later,
    List<Series> series) {

  /** How many holders are of a colour. */
  public record Colours(long green, long yellow, long red) {}

  /**
   * How many holders lose a colour by themselves in an hour.
   *
   * @param epochHour the hour, since 1970
   */
  public record Lapses(long epochHour, long yellow, long red) {}
}
