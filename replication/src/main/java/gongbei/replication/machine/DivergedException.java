package gongbei.replication.machine;

/** What a node holds is not what whom it follows holds at the same place. */
public final class DivergedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message how they differ; it names no digest, for who reads logs could test guesses of
   *     what a map holds by one
   */
  public DivergedException(String message) {
    super(message);
  }
}
