package gongbei.replication.map;

/** A status map that cannot be opened; the message names the file and the reason. */
public final class StatusMapException extends Exception {
  private static final long serialVersionUID = 1L;

  public StatusMapException(String message) {
    super(message);
  }
}
