package gongbei.bench.load;

/** What a load asks, one question after the other. For one thread. */
interface Questions {
  /** Goes to the next question. */
  void next();

  /** Returns the characters of the question at hand: a code, or who asks for one. */
  int length();

  /** Copies the question at hand. */
  void copyTo(byte[] target, int at);

  /**
   * Returns what the question at hand has to be answered with: see {@link LoadConnection.Answers}.
   */
  int expected();
}
