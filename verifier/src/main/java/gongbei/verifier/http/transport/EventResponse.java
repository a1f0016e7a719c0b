package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A response that goes on with events after its head, until its wire or its time ends. For its
 * event loop, but for {@link #event}.
 */
final class EventResponse implements EventSink {
  private static final String HEARTBEAT = ":\n\n";

  private final EventWire wire;
  private final EventSource source;
  private Future<?> ticks;
  private int seconds;
  private boolean hasEnded;

  EventResponse(EventWire wire, EventSource source) {
    this.wire = wire;
    this.source = source;
  }

  /** Sends events from now on; the head was sent. */
  void begin() {
    source.begin(this);
    ticks = wire.executor().scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  private void tick() {
    seconds++;
    if (seconds >= Limits.EVENT_STREAM_SECONDS) {
      end();
      return;
    }
    if (seconds % Limits.EVENT_HEARTBEAT_SECONDS == 0) {
      write(HEARTBEAT);
    }
    source.tick();
  }

  @Override
  public void event(String name, String data) {
    wire.executor().execute(() -> write("event: " + name + "\ndata: " + data + "\n\n"));
  }

  private void write(String text) {
    if (hasEnded) {
      return;
    }
    if (!wire.isWritable()) {
      end();
      wire.cut();
      return;
    }
    wire.send(ByteBufUtil.writeUtf8(UnpooledByteBufAllocator.DEFAULT, text));
  }

  /** Ends the response. */
  void end() {
    if (hasEnded) {
      return;
    }
    hasEnded = true;
    if (ticks != null) {
      ticks.cancel(false);
    }
    source.end();
    wire.end();
  }
}
