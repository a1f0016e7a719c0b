package gongbei.codec.trust;

/** A key or certificate that cannot be used; the message names the file or field and the reason. */
public final class TrustException extends Exception {
  private static final long serialVersionUID = 1L;

  public TrustException(String message) {
    super(message);
  }
}
