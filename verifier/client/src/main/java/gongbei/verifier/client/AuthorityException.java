package gongbei.verifier.client;

/** Changes of an authority that were refused, or that no node has taken; the message says why. */
public final class AuthorityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AuthorityException(String message) {
    super(message);
  }
}
