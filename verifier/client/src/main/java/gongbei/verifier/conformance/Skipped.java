package gongbei.verifier.conformance;

/** What can't be looked for. */
final class Skipped extends Exception {
  private static final long serialVersionUID = 1L;

  Skipped(String message) {
    super(message);
  }
}
