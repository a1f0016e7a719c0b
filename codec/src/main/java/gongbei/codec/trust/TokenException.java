package gongbei.codec.trust;

/** A token that holds a private key did not sign, as when it was taken out or has gone to sleep. */
public final class TokenException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TokenException(String message, Throwable cause) {
    super(message, cause);
  }
}
