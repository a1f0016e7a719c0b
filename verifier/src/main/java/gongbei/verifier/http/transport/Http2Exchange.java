package gongbei.verifier.http.transport;

import gongbei.verifier.server.ReplyQueue;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;

/** The request and the response of one stream of an {@link Http2Session}. For its event loop. */
final class Http2Exchange implements QuickAsker, EventWire {
  private final Http2Session session;
  private final Http2Stream stream;
  private final RequestHead head;
  private final int fieldBytes;
  private final long begunNanos;
  private Optional<IncomingRequest> incoming = Optional.empty();
  private Optional<EventResponse> events = Optional.empty();
  private boolean isOwed;
  private volatile boolean isClosed;

  /**
   * @param fieldBytes what its header fields take until the stream is closed
   */
  Http2Exchange(
      Http2Session session, Http2Stream stream, RequestHead head, int fieldBytes, long nowNanos) {
    this.session = session;
    this.stream = stream;
    this.head = head;
    this.fieldBytes = fieldBytes;
    this.begunNanos = nowNanos;
  }

  int fieldBytes() {
    return fieldBytes;
  }

  /** Waits for the body of a request that was looked at by its header. */
  void begin(Admission admission) {
    final IncomingRequest begun = session.takeIncoming();
    incoming = Optional.of(begun);
    begun.begin(head, admission);
    if (begun.isContinueAwaited()) {
      begun.continueIsSaid();
      session.sayContinue(stream);
    }
  }

  /** Takes more of the body; that of a request that was refused is dropped. */
  void take(ByteBuf data, boolean isLast) {
    if (incoming.isEmpty()) {
      return;
    }
    final Problem fault = incoming.get().take(data, isLast);
    if (fault != null) {
      refuse(fault);
    } else if (isLast) {
      whole(incoming.get());
    }
  }

  private void whole(IncomingRequest whole) {
    final Admission admission = whole.admission();
    if (!head.hasContentLength()) {
      admission.charge(whole.length());
    }
    owe();
    final QuickWork quick = QuickWork.of(head, admission, whole.length());
    final PendingAnswer pending =
        quick == QuickWork.NONE
            ? null
            : session
                .replies()
                .begin(this, quick, admission, head.languages(), whole.body(), whole.length());
    if (pending != null) {
      forgetIncoming();
      if (pending.isDone()) {
        give(pending);
      }
      return;
    }
    final Problem fault = session.isTaken() ? whole.reserve() : Http2Session.untaken();
    if (fault != null) {
      refuse(fault);
    } else {
      answer(whole);
    }
  }

  private void answer(IncomingRequest whole) {
    final Admission admission = whole.admission();
    final Request request =
        new Request(
            head.method(),
            head.path(),
            head.headers(),
            whole.handOver(),
            session.client(),
            executor());
    session.giveBack(whole);
    incoming = Optional.empty();
    final var unused =
        admission
            .answer(request, () -> !isClosed)
            .whenComplete(
                (answer, failure) -> {
                  session.free(admission, request);
                  final Response given =
                      ResponseWriter.withRate(
                          failure == null ? answer : ResponseWriter.responseOf(failure),
                          admission.rate());
                  if (executor().inEventLoop()) {
                    give(given);
                  } else {
                    executor().execute(() -> give(given));
                  }
                });
  }

  private void give(Response answer) {
    if (isClosed) {
      answer.events().ifPresent(EventSource::end);
    } else if (answer.events().isPresent()) {
      session.write(stream, Http2Fields.headersOf(session.writer().headOf(answer)));
      session.flush();
      events = Optional.of(new EventResponse(this, answer.events().get()));
      events.get().begin();
    } else {
      paid();
      final FullHttpResponse response =
          session.writer().responseOf(answer, head.method().equals(HttpMethod.HEAD.name()));
      session.write(stream, Http2Fields.headersOf(response), response.content());
      session.flush();
    }
  }

  /** Answers that the request is refused, whether or not it is whole. */
  void refuse(Problem why) {
    forgetIncoming();
    paid();
    final FullHttpResponse response =
        session.writer().responseOf(Response.of(why), head.method().equals(HttpMethod.HEAD.name()));
    session.writeLast(stream, Http2Fields.headersOf(response), response.content());
  }

  /** Whether the rest of the request is waited for longer than it may take. */
  boolean isLate(long nowNanos, long mostNanos) {
    return incoming.isPresent() && nowNanos - begunNanos > mostNanos;
  }

  /** Refuses a request that is not whole, and ends one that goes on with events. */
  void stop() {
    events.ifPresent(EventResponse::end);
    if (incoming.isPresent()) {
      refuse(Problem.stopping());
    }
  }

  /** The stream is closed, by whomever. */
  void close() {
    isClosed = true;
    forgetIncoming();
    events.ifPresent(EventResponse::end);
    paid();
  }

  private void owe() {
    isOwed = true;
    session.owe();
  }

  private void paid() {
    if (isOwed) {
      isOwed = false;
      session.paid();
    }
  }

  private void forgetIncoming() {
    incoming.ifPresent(
        begun -> {
          begun.forget();
          session.giveBack(begun);
        });
    incoming = Optional.empty();
  }

  @Override
  public boolean takeVerdict(PendingAnswer done) {
    return give(done) && session.isFirstTouch();
  }

  /** Writes an answer and gives it back to its places; false where nobody waits for it. */
  private boolean give(PendingAnswer done) {
    final boolean isWanted = !isClosed;
    if (isWanted) {
      paid();
      session.write(stream, done);
    }
    session.replies().giveBack(done);
    return isWanted;
  }

  @Override
  public ReplyQueue.Flushable connection() {
    return session;
  }

  @Override
  public EventExecutor executor() {
    return session.executor();
  }

  @Override
  public boolean isWritable() {
    return !isClosed && session.isWritable(stream);
  }

  @Override
  public void send(ByteBuf bytes) {
    session.writeData(stream, bytes, false);
    session.flush();
  }

  @Override
  public void end() {
    if (!isClosed) {
      session.writeData(stream, Http2Session.nothing(), true);
      session.flush();
    }
  }

  @Override
  public void cut() {
    if (!isClosed) {
      session.reset(stream, Http2Error.CANCEL);
    }
  }
}
