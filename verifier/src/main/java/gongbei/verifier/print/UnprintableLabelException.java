package gongbei.verifier.print;

import java.util.Locale;

/** A label that has a character which the font can't show. */
public final class UnprintableLabelException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final int paper;
  private final int codePoint;

  UnprintableLabelException(int paper, int codePoint) {
    super(
        String.format(
            Locale.ROOT,
            "label of paper %d has U+%04X, which the font can't show",
            paper,
            codePoint));
    this.paper = paper;
    this.codePoint = codePoint;
  }

  /** Which paper, from 0. */
  public int paper() {
    return paper;
  }

  /** The character, by its number in Unicode. */
  public int codePoint() {
    return codePoint;
  }
}
