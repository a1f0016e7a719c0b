package gongbei.codec.transparency;

import java.util.Locale;

/**
 * By what an entry's change stopped a holder: after it, one who passed somewhere may not pass there
 * any more. Where a change did several of these, the first counts.
 */
public enum Effect {
  /** It said that they are dead. */
  DECEASED("said to be dead"),
  /** It made them yellow or red, or red of yellow. */
  COLOUR("yellow or red"),
  /** It revoked their codes. */
  REVOKED("without the codes that they had"),
  /** It took doses or a negative test away. */
  TAKEN("without doses or a test that they had");

  private final String words;

  Effect(String words) {
    this.words = words;
  }

  /** The name in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What holders are after it, as in "made 3 holders yellow or red". */
  public String words() {
    return words;
  }
}
