package gongbei.bench.corpora;

/**
 * Tells what became of one input.
 *
 * @param name the input: the folder of its corpus, then its file or its name there
 * @param expected what the corpus calls right
 * @param found what Gongbei answered
 * @param isRight whether that is what the corpus calls right
 */
record Outcome(String name, String expected, String found, boolean isRight) {
  /** One line: right or wrong, the name, and of a wrong one what was expected and what came. */
  String line() {
    return isRight
        ? "right  " + name + ": " + found
        : "wrong  " + name + ": expected " + expected + ", but " + found;
  }
}
