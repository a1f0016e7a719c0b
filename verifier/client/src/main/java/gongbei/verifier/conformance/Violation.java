package gongbei.verifier.conformance;

/** A check that did not hold; the message says what was found. */
final class Violation extends Exception {
  private static final long serialVersionUID = 1L;

  Violation(String message) {
    super(message);
  }
}
