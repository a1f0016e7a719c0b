package gongbei.verifier.http.transport;

import gongbei.verifier.access.Caller;
import gongbei.verifier.config.Http2Limits;
import gongbei.verifier.config.Limits;
import gongbei.verifier.server.ClientDeadline;
import gongbei.verifier.server.DeadlineRounds;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ReplyQueue;
import gongbei.verifier.tls.TlsEntry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The requests of one HTTP/2 connection, each on a stream of its own and answered as soon as its
 * answer is there. What finds, admits and answers them is what does so over HTTP/1.1. For its event
 * loop.
 */
final class Http2Session extends Http2EventAdapter
    implements Drain.Connection, DeadlineRounds.Watched, ReplyQueue.Flushable {
  private final HttpConnection.Shared shared;
  private final QuickReplies replies;
  private final Http2Input input;
  private final DeadlineRounds rounds;
  private final long requestNanos;
  private final ClientDeadline deadline;
  private final ArrayDeque<IncomingRequest> spare = new ArrayDeque<>();
  private Http2Codec codec;
  private ChannelHandlerContext channel;
  private Http2Connection.PropertyKey exchangeKey;
  private ConnectionEntry entry;
  private InetAddress address;
  private Caller client;
  private Runnable leaving = () -> {};
  private int open;
  private int owed;
  private long untakenBytes;
  private boolean isStopping;
  private boolean isTouched;

  /**
   * @param input what counts the header fields of open streams
   * @param rounds those of the connection's event loop
   * @param requestNanos how long a request may take to come
   * @param idleNanos how long nothing may be asked
   */
  Http2Session(
      HttpConnection.Shared shared,
      QuickReplies replies,
      Http2Input input,
      DeadlineRounds rounds,
      long requestNanos,
      long idleNanos) {
    this.shared = shared;
    this.replies = replies;
    this.input = input;
    this.rounds = rounds;
    this.requestNanos = requestNanos;
    deadline = new ClientDeadline(requestNanos, idleNanos, System.nanoTime());
  }

  /** Asks for a place among the server's connections. */
  void begin(Http2Codec handler, ChannelHandlerContext ctx) {
    codec = handler;
    channel = ctx;
    exchangeKey = codec.connection().newKey();
    address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    entry = new ConnectionEntry(shared, address, deadline::idleSinceNanos, this::giveWay, this);
    entry.problem().ifPresent(problem -> codec.refuse(ctx, problem.getMessage()));
    leaving = rounds.add(this);
  }

  /** Gives the connection's place back; a second time does nothing. */
  void end() {
    if (entry != null) {
      entry.leave();
    }
    leaving.run();
  }

  @Override
  public void look(long now) {
    if (input.isLate(now, requestNanos)) {
      codec.refuse(channel, "a frame or a header takes too long to come");
      return;
    }
    each(
        exchange -> {
          if (exchange.isLate(now, requestNanos)) {
            exchange.refuse(RequestFaults.late());
          }
        });
    flush();
    if (deadline.look(now) == ClientDeadline.Late.IDLE) {
      codec.endWhenDone(channel);
    }
  }

  /** Ends for another's sake, once it is owed nothing. For any thread. */
  private void giveWay() {
    channel.executor().execute(() -> codec.drain(channel));
  }

  /** Answers what was asked, takes nothing more, and ends. For any thread. */
  @Override
  public void stop() {
    channel.executor().execute(this::stopNow);
  }

  private void stopNow() {
    if (isStopping) {
      return;
    }
    isStopping = true;
    // The client learns that the connection ends before it learns of a last stream, so that what is
    // on its way meanwhile is answered (RFC 9113 §6.8).
    codec.goAway(channel, Integer.MAX_VALUE);
    each(Http2Exchange::stop);
    flush();
    final var unused =
        channel
            .executor()
            .schedule(
                () -> codec.drain(channel), Limits.HTTP_STOP_GRACE_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void each(Consumer<Http2Exchange> does) {
    try {
      codec
          .connection()
          .forEachActiveStream(
              stream -> {
                final Http2Exchange exchange = stream.getProperty(exchangeKey);
                if (exchange != null) {
                  does.accept(exchange);
                }
                return true;
              });
    } catch (Http2Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int streamId, Http2Headers fields, int padding, boolean isLast)
      throws Http2Exception {
    final Http2Stream stream = codec.connection().stream(streamId);
    final Http2Exchange known = stream.getProperty(exchangeKey);
    if (known == null) {
      begin(stream, fields, isLast);
    } else if (isLast) {
      // Trailers, of which none is known.
      known.take(Unpooled.EMPTY_BUFFER, true);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int streamId,
      Http2Headers fields,
      int dependency,
      short weight,
      boolean isExclusive,
      int padding,
      boolean isLast)
      throws Http2Exception {
    onHeadersRead(ctx, streamId, fields, padding, isLast);
  }

  /** Finds who asks and whether they may: before a byte of the body has room. */
  private void begin(Http2Stream stream, Http2Headers fields, boolean isLast)
      throws Http2Exception {
    // A client that has not acknowledged the settings yet may not know of the bound.
    if (open >= Http2Limits.MAX_STREAMS) {
      throw Http2Exception.streamError(
          stream.id(), Http2Error.REFUSED_STREAM, "over %s streams", Http2Limits.MAX_STREAMS);
    }
    final RequestHead head;
    try {
      head = new RequestHead(Http2Fields.requestOf(fields));
    } catch (Http2Fields.MalformedException e) {
      throw Http2Exception.streamError(
          stream.id(), Http2Error.PROTOCOL_ERROR, "%s", e.getMessage());
    }
    final int bytes = Http2Fields.bytes(fields);
    final boolean hasRoom = input.holdFields(bytes);
    final long now = System.nanoTime();
    final Http2Exchange exchange = new Http2Exchange(this, stream, head, hasRoom ? bytes : 0, now);
    stream.setProperty(exchangeKey, exchange);
    open++;
    deadline.progress(now);
    if (!hasRoom) {
      exchange.refuse(Problem.busy("the budget for request headers is used up"));
      return;
    }
    final Problem fault = faultOf(head);
    if (fault != null) {
      exchange.refuse(fault);
      return;
    }
    final Admission admission = shared.handler().admit(client(), head);
    if (admission.problem().isPresent() && head.isContinueExpected()) {
      exchange.refuse(admission.problem().get());
      return;
    }
    exchange.begin(admission);
    if (isLast) {
      exchange.take(Unpooled.EMPTY_BUFFER, true);
    }
  }

  private Problem faultOf(RequestHead head) {
    if (isStopping) {
      return Problem.stopping();
    }
    return head.request().uri().length() > Limits.MAX_HTTP_LINE_BYTES
        ? RequestFaults.uriTooLong()
        : shared.handler().faultOf(head);
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean isLast) {
    final int bytes = data.readableBytes() + padding;
    final Http2Exchange exchange = codec.connection().stream(streamId).getProperty(exchangeKey);
    if (exchange != null) {
      exchange.take(data, isLast);
    }
    return bytes;
  }

  /**
   * The node's own table of header fields is no larger than it need be, whatever the client has.
   */
  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    final Long table = settings.headerTableSize();
    if (table != null && table > Http2Limits.HEADER_TABLE_BYTES) {
      codec
          .encoder()
          .configuration()
          .headersConfiguration()
          .maxHeaderTableSize(Http2Limits.HEADER_TABLE_BYTES);
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    final Http2Exchange exchange = stream.getProperty(exchangeKey);
    if (exchange != null) {
      open--;
      input.freeFields(exchange.fieldBytes());
      exchange.close();
    }
  }

  /** Takes what collects a body, until it is given back. */
  IncomingRequest takeIncoming() {
    return spare.isEmpty() ? new IncomingRequest(shared.bodies()) : spare.pop();
  }

  void giveBack(IncomingRequest incoming) {
    spare.push(incoming);
  }

  /** Gives the room of a request's body back. For any thread. */
  void free(Admission admission, Request request) {
    shared.bodies().free(admission.caller().id(), request.body().length);
  }

  /** Who asks before they show a key. */
  Caller client() {
    if (client == null) {
      client = shared.handler().callerOf(address, TlsEntry.peer(channel.channel()));
    }
    return client;
  }

  QuickReplies replies() {
    return replies;
  }

  ResponseWriter writer() {
    return shared.writer();
  }

  EventExecutor executor() {
    return channel.executor();
  }

  /** One more answer is owed. */
  void owe() {
    if (owed++ == 0) {
      deadline.answerIsOwed();
    }
  }

  /** One less is. */
  void paid() {
    if (--owed == 0) {
      deadline.answerIsGiven(System.nanoTime());
    }
  }

  /** Whether the client takes its answers, so that others than verdicts and codes can be made. */
  boolean isTaken() {
    return untakenBytes <= Http2Limits.MAX_UNTAKEN_BYTES;
  }

  /** Why no more answers are made for a client. */
  static Problem untaken() {
    return Problem.of(
        429, "too-many-requests", "the answers to what was asked before are not taken");
  }

  /** Whether this is the first answer since the last flush. */
  boolean isFirstTouch() {
    final boolean isFirst = !isTouched;
    isTouched = true;
    return isFirst;
  }

  /** Lets the client send the body. */
  void sayContinue(Http2Stream stream) {
    write(
        stream, new DefaultHttp2Headers(false, 1).status(HttpResponseStatus.CONTINUE.codeAsText()));
  }

  /** Writes a header that is not the whole answer. */
  void write(Http2Stream stream, Http2Headers fields) {
    final var unused =
        codec.encoder().writeHeaders(channel, stream.id(), fields, 0, false, channel.newPromise());
  }

  /** Writes a verdict, a code or what came instead. */
  void write(Http2Stream stream, PendingAnswer done) {
    switch (done.form()) {
      case VERDICT -> {
        final VerdictJson verdict = done.verdict();
        write(
            stream,
            writer().headersOf(HttpResponseStatus.OK, verdict.length(), done.rate()),
            copyOf(verdict.bytes(), verdict.length()));
      }
      case CODE -> {
        final CodeJson code = done.code();
        write(
            stream,
            writer().headersOf(HttpResponseStatus.CREATED, code.length(), done.rate()),
            copyOf(code.bytes(), code.length()));
      }
      case SHED -> write(stream, ResponseWriter.shed(), done.rate());
      case REFUSAL -> write(stream, done.refusal(), done.rate());
    }
  }

  private ByteBuf copyOf(byte[] bytes, int length) {
    return channel.alloc().ioBuffer(length).writeBytes(bytes, 0, length);
  }

  private void write(Http2Stream stream, Response answer, RateLimit rate) {
    final var response = writer().responseOf(ResponseWriter.withRate(answer, rate), false);
    write(stream, Http2Fields.headersOf(response), response.content());
  }

  /** Writes a whole answer. */
  void write(Http2Stream stream, Http2Headers fields, ByteBuf content) {
    write(stream, fields, content, channel.newPromise());
  }

  /** Writes a whole answer, and has the client stop sending what is not read any more. */
  void writeLast(Http2Stream stream, Http2Headers fields, ByteBuf content) {
    final ChannelPromise promise = channel.newPromise();
    write(stream, fields, content, promise);
    final var unused =
        promise.addListener(
            done -> {
              if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                reset(stream, Http2Error.NO_ERROR);
              }
            });
  }

  private void write(
      Http2Stream stream, Http2Headers fields, ByteBuf content, ChannelPromise promise) {
    final boolean isEmpty = !content.isReadable();
    final var unusedHead =
        codec
            .encoder()
            .writeHeaders(
                channel, stream.id(), fields, 0, isEmpty, isEmpty ? promise : channel.newPromise());
    if (!isEmpty) {
      writeData(stream, content, true, promise);
    }
  }

  /** Writes a part of an answer. */
  void writeData(Http2Stream stream, ByteBuf content, boolean isLast) {
    writeData(stream, content, isLast, channel.newPromise());
  }

  private void writeData(
      Http2Stream stream, ByteBuf content, boolean isLast, ChannelPromise promise) {
    final int bytes = content.readableBytes();
    untakenBytes += bytes;
    input.answered(bytes);
    final var unused =
        codec
            .encoder()
            .writeData(channel, stream.id(), content, 0, isLast, promise)
            .addListener(
                done -> {
                  untakenBytes -= bytes;
                  deadline.progress(System.nanoTime());
                });
  }

  static ByteBuf nothing() {
    return Unpooled.EMPTY_BUFFER;
  }

  boolean isWritable(Http2Stream stream) {
    return codec.encoder().flowController().isWritable(stream);
  }

  void reset(Http2Stream stream, Http2Error why) {
    final var unused = codec.resetStream(channel, stream.id(), why.code(), channel.newPromise());
    flush();
  }

  /** Sends what answers there are. */
  @Override
  public void flush() {
    isTouched = false;
    codec.flush(channel);
  }
}
