package gongbei.verifier.http.transport;

/** Takes the events of a response that goes on after its head. For any thread. */
public interface EventSink {
  /**
   * Sends an event; a client that does not take its events is hung up on.
   *
   * @param name of letters
   * @param data on one line
   */
  void event(String name, String data);
}
