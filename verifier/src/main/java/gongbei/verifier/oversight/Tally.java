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
  /** A known holder's record changed, and their colour did not. */
  OTHER(4),
  /** Refused: the authority had changed as many holders as the ground allows. */
  CEILING(5),
  /** Refused by another rule of the ground. */
  REFUSED(6);

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
