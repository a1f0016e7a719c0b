package gongbei.verifier.http.transport;

/** What workers do for the requests of a connection beside one another, past the resources. */
public enum QuickWork {
  /** Nothing: the request waits for those before it, and its resource answers. */
  NONE,
  /** A code is evaluated. */
  SCAN,
  /** A code is minted for a screen. */
  DISPLAY
}
