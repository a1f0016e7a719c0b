package gongbei.verifier.tcp;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.translate.TranslationRequest;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.HelloDecoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.OfflineCountsDecoder;
import gongbei.verifier.protocol.PingDecoder;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.ScanBatchDecoder;
import gongbei.verifier.protocol.ScanDecoder;
import gongbei.verifier.protocol.TranslateDecoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.ClientDeadline;
import gongbei.verifier.server.Drain;
import gongbei.verifier.server.ReplyQueue;
import gongbei.verifier.server.ScanAdmission;
import gongbei.verifier.tls.TlsEntry;
import gongbei.verifier.translate.TranslationResult;
import gongbei.verifier.translate.TranslationServiceException;
import gongbei.verifier.translate.Translations;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One scanner device's connection: cuts frames, copies scans into the pipeline and writes answers.
 * A fault in what the device sends ends this connection with a reason and touches no other. For its
 * event loop.
 */
final class DeviceConnection extends ChannelInboundHandlerAdapter
    implements FrameReader.Receiver, ReplyQueue.Flushable, Drain.Connection {
  private static final Logger LOGGER = LoggerFactory.getLogger(DeviceConnection.class);
  private static final int ANSWER_BYTES = 64;

  private final TcpServer.Context settings;
  private final ScanAdmission admission;
  private final ConnectionLimiter connections;
  private final DeviceReplies replies;
  private final long id;
  private final DeviceMessages messages = DeviceMessages.ofLoop();
  private ChannelHandlerContext channel;
  private InetAddress address;
  private ConnectionLimiter.Place place;
  private FrameReader frames;
  private ByteBuf pending;
  private DeviceIdentity device;
  private DeviceCounts.One counts;
  private boolean leaving;
  private int inFlight;
  private ClientDeadline hello;
  private ClientDeadline deadline;
  private boolean isStopping;

  DeviceConnection(
      TcpServer.Context settings, ConnectionLimiter connections, DeviceReplies replies, long id) {
    this.settings = settings;
    this.admission = settings.admission();
    this.connections = connections;
    this.replies = replies;
    this.id = id;
  }

  long id() {
    return id;
  }

  private boolean isWelcomed() {
    return device != null;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    final long openedNanos = System.nanoTime();
    final long helloNanos = TimeUnit.SECONDS.toNanos(settings.helloSeconds());
    hello = new ClientDeadline(helloNanos, helloNanos, openedNanos);
    deadline =
        new ClientDeadline(
            TimeUnit.SECONDS.toNanos(settings.frameSeconds()),
            TimeUnit.SECONDS.toNanos(settings.idleSeconds()),
            openedNanos);
    address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    frames =
        new FrameReader(
            settings.input().open(address, Limits.OWN_FRAME_INPUT_BYTES), deadline, this);
    // A device that waits for the next holder is at work: it gives its place up for no other.
    place = connections.enter(address, () -> ConnectionLimiter.NOT_IDLE, () -> {});
    replies.add(this);
    if (place.entry() == ConnectionLimiter.Entry.HANG_UP) {
      final var unused = ctx.close();
    } else if (!isLetIn() && !TlsEntry.isAwaited(ctx.channel())) {
      leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
    }
  }

  private boolean isLetIn() {
    return place.entry() == ConnectionLimiter.Entry.LET_IN;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == TlsEntry.HANDSHAKE_BEGINS && !isLetIn()) {
      leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leaving = true;
    replies.remove(this);
    if (place != null) {
      place.leave();
      frames.close();
    }
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    final ByteBuf in = (ByteBuf) message;
    try {
      final long nowNanos = System.nanoTime();
      deadline.progress(nowNanos);
      frames.read(ctx.alloc(), in, nowNanos);
    } finally {
      in.release();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    flush();
    super.channelReadComplete(ctx);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ctx.channel().config().setAutoRead(ctx.channel().isWritable());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOGGER.debug("Connection {} failed", id, cause);
    final var unused = ctx.close();
  }

  @Override
  public void onFrame(ByteBuf from, int length) {
    final MessageHeaderDecoder header = messages.take(from, length);
    final GoodbyeCode fault = DeviceMessages.faultOf(header, isWelcomed());
    if (fault != null) {
      leave(fault);
      return;
    }
    final UnsafeBuffer frame = messages.message();
    try {
      switch (header.templateId()) {
        case HelloDecoder.TEMPLATE_ID -> onHello(frame, header);
        case ScanDecoder.TEMPLATE_ID -> onScan(frame, header);
        case ScanBatchDecoder.TEMPLATE_ID -> onScanBatch(frame, header);
        case TranslateDecoder.TEMPLATE_ID -> onTranslate(frame, header);
        case OfflineCountsDecoder.TEMPLATE_ID -> onOfflineCounts(frame, header);
        case PingDecoder.TEMPLATE_ID -> onPing(frame, header);
        case GoodbyeDecoder.TEMPLATE_ID -> leave(GoodbyeCode.NORMAL);
        default -> LOGGER.debug("Message {} is not known and is ignored", header.templateId());
      }
    } catch (IndexOutOfBoundsException e) {
      leave(GoodbyeCode.MALFORMED_MESSAGE);
    }
  }

  private void onHello(UnsafeBuffer frame, MessageHeaderDecoder header) {
    if (isWelcomed()) {
      leave(GoodbyeCode.UNEXPECTED_MESSAGE);
      return;
    }
    final HelloDecoder hello = messages.hello.wrapAndApplyHeader(frame, 0, header);
    final String deviceId = hello.deviceId();
    final byte[] credential = new byte[hello.credentialLength()];
    hello.getCredential(credential, 0, credential.length);
    final Optional<DeviceIdentity> shown =
        DeviceIdentity.of(
            deviceId, credential, TlsEntry.peer(channel.channel()), address, settings);
    if (shown.isEmpty()) {
      settings.counts().badCredential();
      leave(GoodbyeCode.BAD_CREDENTIAL);
      return;
    }
    if (shown.get().isRevoked()) {
      settings.counts().revoked();
      leave(GoodbyeCode.REVOKED);
      return;
    }
    device = shown.get();
    counts = device.counts();
    frames.welcomed();
    send(messages.welcome(settings.rulesets().current().all(), settings.idleSeconds()));
  }

  private void onScan(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final ScanDecoder scan = messages.scan.wrapAndApplyHeader(frame, 0, header);
    final long correlationId = scan.correlationId();
    final long at = scan.atEpochSeconds();
    final int checkpointLength = scan.checkpointLength();
    if (checkpointLength > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    scan.getCheckpoint(messages.checkpoint(checkpointLength), 0, checkpointLength);
    final int codeLength = scan.codeLength();
    final int codeOffset = scan.limit() + ScanDecoder.codeHeaderLength();
    if (codeLength > frame.capacity() - codeOffset) {
      throw new IndexOutOfBoundsException();
    }
    submit(correlationId, at, ruleset(checkpointLength), checkpointLength, codeOffset, codeLength);
  }

  private void onScanBatch(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final ScanBatchDecoder batch = messages.batch.wrapAndApplyHeader(frame, 0, header);
    final long at = batch.atEpochSeconds();
    ScanBatchDecoder.ScansDecoder scans = batch.scans();
    if (scans.count() > Limits.MAX_SCANS_A_BATCH) {
      leave(GoodbyeCode.BATCH_TOO_LONG);
      return;
    }
    final int scansStart = batch.limit();
    messages.passOver(scans);
    final int checkpointLength = batch.checkpointLength();
    if (checkpointLength > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    batch.getCheckpoint(messages.checkpoint(checkpointLength), 0, checkpointLength);
    final Ruleset ruleset = ruleset(checkpointLength);
    batch.sbeRewind();
    scans = batch.scans();
    batch.limit(scansStart);
    while (scans.hasNext()) {
      scans.next();
      final int codeLength = scans.codeLength();
      final int codeOffset = batch.limit() + ScanBatchDecoder.ScansDecoder.codeHeaderLength();
      submit(scans.correlationId(), at, ruleset, checkpointLength, codeOffset, codeLength);
      batch.limit(codeOffset + codeLength);
    }
  }

  private Ruleset ruleset(int checkpointLength) {
    final Rulesets rulesets = settings.rulesets().current();
    return checkpointLength > ClientLimits.MAX_CHECKPOINT_CHARACTERS
        ? null
        : rulesets.find(messages.checkpoint(), 0, checkpointLength);
  }

  private void submit(
      long correlationId,
      long atEpochSeconds,
      Ruleset ruleset,
      int checkpointLength,
      int codeOffset,
      int codeLength) {
    final boolean now = atEpochSeconds == ScanDecoder.atEpochSecondsNullValue();
    if (ruleset == null) {
      final RejectionCode why =
          checkpointLength > ClientLimits.MAX_CHECKPOINT_CHARACTERS
              ? RejectionCode.CHECKPOINT_TOO_LONG
              : RejectionCode.UNKNOWN_CHECKPOINT;
      send(messages.rejected(correlationId, why));
      return;
    }
    if (!now && (atEpochSeconds < 0 || atEpochSeconds > CodeLimits.MAX_EPOCH_SECONDS)) {
      send(messages.rejected(correlationId, RejectionCode.TIME_OUT_OF_RANGE));
      return;
    }
    final long waitNanos = settings.scanRates().take(device.rateHolder());
    if (waitNanos > 0) {
      counts.shed();
      busy(correlationId, waitNanos);
      return;
    }
    final PendingReply reply = inFlight < Limits.MAX_IN_FLIGHT ? replies.take(this) : null;
    final long sequence = reply == null ? admission.shed() : admission.claim();
    if (sequence == ScanAdmission.SHED) {
      if (reply != null) {
        replies.giveBack(reply);
      }
      counts.shed();
      busy(correlationId);
      return;
    }
    try {
      admission
          .scan(sequence)
          .text(messages.bytes(), codeOffset, codeLength)
          .ruleset(ruleset)
          .place(messages.checkpoint(), 0, checkpointLength)
          .atEpochSeconds(now ? Scan.NOW : atEpochSeconds)
          .correlationId(correlationId)
          .connectionId(reply.id())
          .listener(replies);
      inFlight++;
      counts.scan();
    } finally {
      admission.publish(sequence);
    }
  }

  private void onTranslate(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final TranslateDecoder translate = messages.translate.wrapAndApplyHeader(frame, 0, header);
    final long correlationId = translate.correlationId();
    final String target = translate.target();
    final boolean linkRequired = translate.linkRequired() == BooleanCode.YES;
    final int length = translate.codeLength();
    if (length > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    final byte[] code = new byte[length];
    translate.getCode(code, 0, length);
    final Translations translations = settings.translations();
    final long waitNanos =
        translations.isOffered() ? settings.translationRates().take(device.rateHolder()) : 0;
    if (!translations.isOffered()) {
      send(messages.notTranslated(correlationId, TranslationFaultCode.NOT_OFFERED, ""));
    } else if (waitNanos > 0) {
      counts.shed();
      busy(correlationId, waitNanos);
    } else if (inFlight >= Limits.MAX_IN_FLIGHT || isStopping) {
      busy(correlationId);
    } else {
      inFlight++;
      final var unused =
          translations
              .translate(new TranslationRequest(code, target, linkRequired))
              .whenComplete(
                  (result, failure) ->
                      channel
                          .executor()
                          .execute(() -> onTranslated(correlationId, result, failure)));
    }
  }

  private void onTranslated(long correlationId, TranslationResult result, Throwable failure) {
    inFlight--;
    if (failure instanceof TranslationServiceException service
        && service.reason() == TranslationServiceException.Reason.BUSY) {
      busy(correlationId);
    } else if (failure != null) {
      send(messages.notTranslated(correlationId, TranslationFaultCode.NOT_RECORDED, ""));
    } else if (result.translation().isTranslated()) {
      send(messages.translated(correlationId, result));
    } else {
      final String field = Objects.requireNonNullElse(result.translation().field(), "");
      send(
          messages.notTranslated(
              correlationId, DeviceMessages.codeOf(result.translation().fault()), field));
    }
    flush();
  }

  private void onOfflineCounts(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final OfflineCountsDecoder counts = messages.offline.wrapAndApplyHeader(frame, 0, header);
    final long greatest = Math.max(counts.pass(), Math.max(counts.hold(), counts.refuse()));
    final long least = Math.min(counts.pass(), Math.min(counts.hold(), counts.refuse()));
    if (least < 0 || greatest > Limits.MAX_OFFLINE_COUNT) {
      leave(GoodbyeCode.MALFORMED_MESSAGE);
      return;
    }
    settings.metrics().recordOffline(Verdict.PASS, counts.pass());
    settings.metrics().recordOffline(Verdict.HOLD, counts.hold());
    settings.metrics().recordOffline(Verdict.REFUSE, counts.refuse());
    send(messages.offlineCountsTaken(counts.correlationId()));
  }

  private void onPing(UnsafeBuffer frame, MessageHeaderDecoder header) {
    send(messages.pong(messages.ping.wrapAndApplyHeader(frame, 0, header).echo()));
  }

  private void busy(long correlationId) {
    busy(correlationId, 0);
  }

  /** Says that something was not taken, and when to ask again: not before so long. */
  private void busy(long correlationId, long waitNanos) {
    final long waitMillis = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(waitNanos));
    send(messages.busy(correlationId, (int) Math.max(admission.retryAfterMillis(), waitMillis)));
  }

  private void send(int frameBytes) {
    append(messages.encoded(), frameBytes);
  }

  /** Puts the frame of a verdict among what is to be written; answers whether it was the first. */
  boolean answer(byte[] frame, int length) {
    inFlight--;
    return append(frame, length);
  }

  private boolean append(byte[] frame, int length) {
    if (leaving) {
      return false;
    }
    final boolean first = pending == null;
    if (first) {
      pending = channel.alloc().ioBuffer(ANSWER_BYTES + length);
    }
    pending.writeBytes(frame, 0, length);
    return first;
  }

  @Override
  public void flush() {
    if (isStopping && inFlight == 0) {
      leave(GoodbyeCode.SHUTTING_DOWN);
    }
    if (pending != null) {
      final ByteBuf written = pending;
      pending = null;
      final var unused = channel.writeAndFlush(written, channel.voidPromise());
    }
  }

  void checkDeadlines(long nowNanos) {
    final boolean isLate =
        (!isWelcomed() && hello.look(nowNanos) != ClientDeadline.Late.NOTHING)
            || (inFlight == 0 && deadline.look(nowNanos) != ClientDeadline.Late.NOTHING);
    if (isLate) {
      leave(GoodbyeCode.TIMEOUT);
    }
  }

  /** Ends the connection where its device may not stay connected. */
  void checkEnrolment() {
    if (isWelcomed() && !leaving && !device.stands(settings.devices())) {
      settings.counts().revoked();
      leave(GoodbyeCode.REVOKED);
    }
  }

  @Override
  public void stop() {
    channel.executor().execute(this::stopNow);
  }

  private void stopNow() {
    isStopping = true;
    flush();
  }

  /** Whether a device is not told: there is no TLS yet, and it is not waited for. */
  private boolean isUnheard(GoodbyeCode why) {
    return TlsEntry.isAwaited(channel.channel())
        || (why != GoodbyeCode.TOO_MANY_CONNECTIONS && TlsEntry.isShaking(channel.channel()));
  }

  @Override
  public boolean isLeaving() {
    return leaving;
  }

  @Override
  public void leave(GoodbyeCode why) {
    if (leaving) {
      return;
    }
    LOGGER.debug("Connection {} ends: {}", id, why);
    if (isUnheard(why)) {
      leaving = true;
      replies.remove(this);
      final var unusedClose = channel.close();
      return;
    }
    send(messages.goodbye(why));
    leaving = true;
    replies.remove(this);
    final ByteBuf last = pending;
    pending = null;
    final var unused = channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }
}
