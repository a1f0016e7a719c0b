package gongbei.verifier.node;

/** A node that cannot start; the message says what is in the way. */
public final class NodeException extends Exception {
  private static final long serialVersionUID = 1L;

  public NodeException(String message) {
    super(message);
  }
}
