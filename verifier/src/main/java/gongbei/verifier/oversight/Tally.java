package gongbei.verifier.oversight;

import java.util.Locale;

/** What a change that named an authority and a ground came to. */
public enum Tally {
  /** A holder became known, of whatever colour. */
  REGISTERED,
  /** A known holder of another colour became green. */
  GREEN,
  /** A known holder of another colour became yellow. */
  YELLOW,
  /** A known holder of another colour became red. */
  RED,
  /** A known holder's record changed, and their colour did not. */
  OTHER,
  /** Refused: the authority had changed as many holders as the ground allows. */
  CEILING,
  /** Refused by another rule of the ground. */
  REFUSED;

  /** How many there are. */
  static final int COUNT = values().length;

  /** The name in messages. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
