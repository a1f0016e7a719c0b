package gongbei.verifier.translate;

/**
 * A translation table that can't be used; the message names the file, the setting and the fault.
 */
public final class TableException extends Exception {
  private static final long serialVersionUID = 1L;

  TableException(String message) {
    super(message);
  }
}
