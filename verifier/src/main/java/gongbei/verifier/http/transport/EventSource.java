package gongbei.verifier.http.transport;

/**
 * Makes the events of a response that goes on after its head (server-sent events, WHATWG HTML
 * §9.2). {@link #end} is called once, whether or not {@link #begin} was.
 */
public interface EventSource {
  /** Begins: the client is there. On its event loop. */
  void begin(EventSink sink);

  /** Called each second, to send what is due. On the event loop, so it must not take long. */
  void tick();

  /** Ends: the client has gone, or has had its time. */
  void end();
}
