package gongbei.verifier.oversight;

import java.util.Locale;

/** What a change that named an authority and a ground came to. */
public enum Tally {
  /** A holder became known, of whatever colour. */
  REGISTERED(0),
  /** A known holder of another colour became green. */
  GREEN(1),
  /** A known holder of another colour became yellow. */
  YELLOW(2),
  /** A known holder of another colour became red. */
  RED(3),
  /** A known holder's record changed, their colour did not, and nothing of below was done. */
  OTHER(4),
  /** Refused: the authority had changed as many holders as the ground allows. */
  CEILING(5),
  /** Refused by another rule of the ground. */
  REFUSED(6),
  /** A known holder was said to be dead, whatever else was changed with it. */
  DECEASED(7),
  /** A known holder's codes were revoked, and they were turned neither yellow nor red. */
  REVOKED(8),
  /** A known holder lost doses or a negative test, and was turned neither yellow nor red. */
  TAKEN(9);

  /** How many there are. */
  static final int COUNT = values().length;

  private final int place;

  Tally(int place) {
    this.place = place;
  }

  /** Its place in the counts of an hour, from 0. */
  int place() {
    return place;
  }

  /** The name in messages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
