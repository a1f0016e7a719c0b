package gongbei.verifier.client;

import java.util.Locale;

/**
 * What became of a change that a node has taken.
 *
 * @param version its place in the order of all changes: 1, 2, 3 … without gaps
 * @param outcome whether it changed the holder's status
 */
public record AppliedChange(long version, Outcome outcome) {
  /** What a change did. */
  public enum Outcome {
    /** The status has changed. */
    APPLIED,
    /** Nothing has changed: what is known is newer. */
    SUPERSEDED,
    /** Nothing has changed: no such holder is known. */
    UNKNOWN_SUBJECT,
    /** Nothing has changed: the map is full. */
    MAP_FULL,
    /** Nothing has changed: a field of the change is out of its range. */
    INVALID,
    /** Nothing has changed: the request's nonce is known; the version is that of the first time. */
    REPLAYED,
    /** Nothing has changed: who signed the request has signed too many in the last minutes. */
    TOO_MANY,
    /** Nothing has changed: the request was signed too long before the log's time, or after it. */
    OUTSIDE_WINDOW,
    /** Nothing has changed: the table of grounds has none of that name. */
    GROUND_UNKNOWN,
    /** Nothing has changed: the ground is not for that authority, or not for that colour. */
    GROUND_NOT_YOURS,
    /** Nothing has changed: a colour other than green has no end. */
    UNTIL_MISSING,
    /** Nothing has changed: the end is later than the ground allows. */
    UNTIL_TOO_FAR,
    /** Nothing has changed: the ground wants a second authority's signature. */
    SECOND_SIGNATURE_MISSING,
    /** Nothing has changed: the authority has turned as many holders as its ground lets it. */
    CEILING_REACHED,
    /** Nothing has changed: the ground stops a holder with a positive test alone. */
    POSITIVE_TEST_MISSING,
    /** Nothing has changed: the holder is not at the version that the change is for. */
    CHANGED_MEANWHILE;

    /** The name in JSON. */
    public String wireName() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The outcome of a name in JSON.
     *
     * @throws IllegalArgumentException where this version knows none of that name
     */
    static Outcome ofWireName(String name) {
      return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
  }
}
