package gongbei.verifier.http.transport;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;

/**
 * What carries the events of a response to its client: a connection, or one stream of many. For its
 * event loop, but for {@link #executor}.
 */
interface EventWire {
  /** Its event loop. For any thread. */
  EventExecutor executor();

  /** Whether the client takes what was sent. */
  boolean isWritable();

  /** Sends bytes, whose owner it becomes. */
  void send(ByteBuf bytes);

  /** Ends the response. */
  void end();

  /** Ends it at once, though the client has not taken all. */
  void cut();
}
