package gongbei.verifier.tcp;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationFault;
import gongbei.codec.translate.TranslationRequest;
import gongbei.verifier.config.Limits;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.net.ClientAddress;
import gongbei.verifier.net.ConnectionRoom;
import gongbei.verifier.net.InputBudget;
import gongbei.verifier.net.PartialInput;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.BusyEncoder;
import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.GoodbyeDecoder;
import gongbei.verifier.protocol.GoodbyeEncoder;
import gongbei.verifier.protocol.HelloDecoder;
import gongbei.verifier.protocol.MessageHeaderDecoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.NotTranslatedEncoder;
import gongbei.verifier.protocol.OfflineCountsDecoder;
import gongbei.verifier.protocol.OfflineCountsTakenEncoder;
import gongbei.verifier.protocol.PingDecoder;
import gongbei.verifier.protocol.PongEncoder;
import gongbei.verifier.protocol.RejectedEncoder;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.ScanBatchDecoder;
import gongbei.verifier.protocol.ScanDecoder;
import gongbei.verifier.protocol.TranslateDecoder;
import gongbei.verifier.protocol.TranslatedEncoder;
import gongbei.verifier.protocol.TranslationFaultCode;
import gongbei.verifier.protocol.WelcomeEncoder;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.Rulesets;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanPipeline;
import gongbei.verifier.tls.TlsEntry;
import gongbei.verifier.tls.TlsPeer;
import gongbei.verifier.translate.TranslationResult;
import gongbei.verifier.translate.TranslationService;
import gongbei.verifier.translate.TranslationServiceException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
final class DeviceConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOGGER = LoggerFactory.getLogger(DeviceConnection.class);
  private static final int LENGTH_BYTES = 4;
  private static final int SMALL_FRAME_BYTES = 64;
  private static final ThreadLocal<Codecs> CODECS = ThreadLocal.withInitial(Codecs::new);

  private final TcpServer.Context settings;
  private final ConnectionRoom connections;
  private final ReplyLoop replies;
  private final long id;
  private final Codecs codecs = CODECS.get();
  private ChannelHandlerContext channel;
  private InetAddress address;
  private ConnectionRoom.Entry entry = ConnectionRoom.Entry.HANG_UP;
  private InputBudget.Share share;
  private PartialInput partial;
  private Object rateHolder;
  private ByteBuf pending;
  private boolean welcomed;
  private Enrolment enrolment;
  private Optional<TlsPeer> peer = Optional.empty();
  private DeviceCounts.One counts;
  private boolean leaving;
  private int inFlight;
  private long openedNanos;
  private long lastReadNanos;
  private long frameStartedNanos;
  private boolean inFrame;

  DeviceConnection(
      TcpServer.Context settings, ConnectionRoom connections, ReplyLoop replies, long id) {
    this.settings = settings;
    this.connections = connections;
    this.replies = replies;
    this.id = id;
  }

  long id() {
    return id;
  }

  int inFlight() {
    return inFlight;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx;
    openedNanos = System.nanoTime();
    lastReadNanos = openedNanos;
    replies.add(this);
    address = ((InetSocketAddress) ctx.channel().remoteAddress()).getAddress();
    share = settings.input().open(address, Limits.OWN_FRAME_INPUT_BYTES);
    partial = new PartialInput(share);
    entry = connections.enter(address);
    if (entry == ConnectionRoom.Entry.HANG_UP) {
      final var unused = ctx.close();
    } else if (entry != ConnectionRoom.Entry.LET_IN && !TlsEntry.isAwaited(ctx.channel())) {
      leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event == TlsEntry.HANDSHAKE_BEGINS && entry != ConnectionRoom.Entry.LET_IN) {
      leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
    }
    super.userEventTriggered(ctx, event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    leaving = true;
    replies.remove(this);
    switch (entry) {
      case LET_IN -> connections.leave(address);
      case NO_ROOM, NO_ROOM_FOR_ADDRESS -> connections.leaveTold();
      case HANG_UP -> {
        // It had no place.
      }
    }
    if (pending != null) {
      pending.release();
      pending = null;
    }
    if (share != null) {
      partial.clear();
      share.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    final ByteBuf in = (ByteBuf) message;
    try {
      lastReadNanos = System.nanoTime();
      while (!leaving && in.isReadable()) {
        if (partial.length() == 0 && isWhole(in, in.readableBytes())) {
          takeFrame(in);
        } else if (!leaving) {
          collect(ctx, in);
        }
      }
    } finally {
      in.release();
    }
  }

  /** Whether a frame is there from its first byte to its last; one that may not be ends all. */
  private boolean isWhole(ByteBuf frame, int bytes) {
    if (bytes < LENGTH_BYTES) {
      return false;
    }
    final int length = frame.getIntLE(frame.readerIndex());
    if (length < 0 || length > maxFrameBytes()) {
      leave(GoodbyeCode.FRAME_TOO_LONG);
      return false;
    }
    if (length < MessageHeaderDecoder.ENCODED_LENGTH) {
      leave(GoodbyeCode.FRAME_TOO_SHORT);
      return false;
    }
    return bytes >= LENGTH_BYTES + length;
  }

  private int maxFrameBytes() {
    return welcomed ? settings.maxFrameBytes() : Limits.MAX_FIRST_FRAME_BYTES - LENGTH_BYTES;
  }

  private void takeFrame(ByteBuf from) {
    final int length = from.readIntLE();
    from.readBytes(codecs.bytes(length), 0, length);
    inFrame = false;
    onFrame(length);
  }

  /** Goes on with the frame that is not whole, by what has come. */
  private void collect(ChannelHandlerContext ctx, ByteBuf in) {
    final int wanted =
        partial.length() < LENGTH_BYTES
            ? LENGTH_BYTES
            : LENGTH_BYTES + partial.bytes().getIntLE(partial.bytes().readerIndex());
    startFrame();
    if (!partial.add(ctx.alloc(), in, Math.min(wanted - partial.length(), in.readableBytes()))) {
      partial.clear();
      leave(GoodbyeCode.TOO_MANY_CONNECTIONS);
      return;
    }
    if (isWhole(partial.bytes(), partial.length())) {
      final ByteBuf frame = partial.take();
      try {
        takeFrame(frame);
      } finally {
        frame.release();
      }
    }
  }

  private void startFrame() {
    if (!inFrame) {
      inFrame = true;
      frameStartedNanos = lastReadNanos;
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

  private void onFrame(int length) {
    final UnsafeBuffer frame = codecs.frame;
    frame.wrap(codecs.bytes, 0, length);
    final MessageHeaderDecoder header = codecs.header.wrap(frame, 0);
    if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
      leave(GoodbyeCode.UNSUPPORTED_PROTOCOL);
      return;
    }
    if (!welcomed && !isFirst(header.templateId())) {
      leave(GoodbyeCode.UNEXPECTED_MESSAGE);
      return;
    }
    if (header.blockLength() < leastBlockLength(header.templateId())) {
      leave(GoodbyeCode.MALFORMED_MESSAGE);
      return;
    }
    try {
      switch (header.templateId()) {
        case HelloDecoder.TEMPLATE_ID -> onHello(frame, header);
        case ScanDecoder.TEMPLATE_ID -> onScan(frame, header);
        case ScanBatchDecoder.TEMPLATE_ID -> onScanBatch(frame, header);
        case TranslateDecoder.TEMPLATE_ID -> onTranslate(frame, header);
        case OfflineCountsDecoder.TEMPLATE_ID -> onOfflineCounts(frame, header);
        case PingDecoder.TEMPLATE_ID -> onPing(frame, header);
        case GoodbyeDecoder.TEMPLATE_ID -> leave(GoodbyeCode.NORMAL);
        default -> LOGGER.debug("Message {} is passed over", header.templateId());
      }
    } catch (IndexOutOfBoundsException e) {
      leave(GoodbyeCode.MALFORMED_MESSAGE);
    }
  }

  /** Whether a message may come before the Welcome; of those that are passed over any may. */
  private static boolean isFirst(int templateId) {
    return switch (templateId) {
      case ScanDecoder.TEMPLATE_ID,
          ScanBatchDecoder.TEMPLATE_ID,
          TranslateDecoder.TEMPLATE_ID,
          OfflineCountsDecoder.TEMPLATE_ID,
          PingDecoder.TEMPLATE_ID ->
          false;
      default -> true;
    };
  }

  /** The fixed part that a message has had since its first version; a newer one has more. */
  private static int leastBlockLength(int templateId) {
    return switch (templateId) {
      case ScanDecoder.TEMPLATE_ID -> ScanDecoder.BLOCK_LENGTH;
      case ScanBatchDecoder.TEMPLATE_ID -> ScanBatchDecoder.BLOCK_LENGTH;
      case TranslateDecoder.TEMPLATE_ID -> TranslateDecoder.BLOCK_LENGTH;
      case OfflineCountsDecoder.TEMPLATE_ID -> OfflineCountsDecoder.BLOCK_LENGTH;
      case PingDecoder.TEMPLATE_ID -> PingDecoder.BLOCK_LENGTH;
      case GoodbyeDecoder.TEMPLATE_ID -> GoodbyeDecoder.BLOCK_LENGTH;
      default -> 0;
    };
  }

  private void onHello(UnsafeBuffer frame, MessageHeaderDecoder header) {
    if (welcomed) {
      leave(GoodbyeCode.UNEXPECTED_MESSAGE);
      return;
    }
    final HelloDecoder hello = codecs.hello.wrapAndApplyHeader(frame, 0, header);
    final String deviceId = hello.deviceId();
    final byte[] credential = new byte[hello.credentialLength()];
    hello.getCredential(credential, 0, credential.length);
    peer = TlsEntry.peer(channel.channel());
    final Enrolment recognised;
    if (peer.isEmpty()) {
      recognised = settings.devices().recognise(deviceId, credential);
    } else {
      recognised =
          peer.get().purposes().contains(TlsPeer.DEVICE) && peer.get().name().equals(deviceId)
              ? settings.devices().certified(deviceId)
              : null;
    }
    if (recognised == null) {
      settings.counts().badCredential();
      leave(GoodbyeCode.BAD_CREDENTIAL);
      return;
    }
    if (recognised.revoked() || isCertificateRevoked()) {
      settings.counts().revoked();
      leave(GoodbyeCode.REVOKED);
      return;
    }
    welcomed = true;
    enrolment = recognised;
    counts =
        settings.devices().isOpen()
            ? settings.counts().ofOthers()
            : settings.counts().ofEnrolled(deviceId);
    rateHolder = settings.devices().isOpen() ? ClientAddress.of(address) : deviceId;
    final WelcomeEncoder welcome = codecs.welcome;
    final List<Ruleset> rulesets = settings.rulesets().current().all();
    final UnsafeBuffer message = codecs.message;
    welcome
        .wrapAndApplyHeader(message, LENGTH_BYTES, codecs.headerOut)
        .serverTimeEpochMillis(System.currentTimeMillis())
        .maxFrameBytes(settings.maxFrameBytes())
        .maxInFlight(Limits.MAX_IN_FLIGHT)
        .maxBatch(Limits.MAX_SCANS_A_BATCH)
        .idleSeconds(settings.idleSeconds());
    final WelcomeEncoder.RulesetsEncoder group = welcome.rulesetsCount(rulesets.size());
    for (final Ruleset ruleset : rulesets) {
      group.next().version(ruleset.version()).name(ruleset.name());
    }
    send(welcome.encodedLength());
  }

  private void onScan(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final ScanDecoder scan = codecs.scan.wrapAndApplyHeader(frame, 0, header);
    final long correlationId = scan.correlationId();
    final long at = scan.atEpochSeconds();
    final int checkpointLength = scan.checkpointLength();
    if (checkpointLength > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    scan.getCheckpoint(codecs.checkpoint(checkpointLength), 0, checkpointLength);
    final int codeLength = scan.codeLength();
    final int codeOffset = scan.limit() + ScanDecoder.codeHeaderLength();
    if (codeLength > frame.capacity() - codeOffset) {
      throw new IndexOutOfBoundsException();
    }
    submit(correlationId, at, ruleset(checkpointLength), checkpointLength, codeOffset, codeLength);
  }

  private void onScanBatch(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final ScanBatchDecoder batch = codecs.batch.wrapAndApplyHeader(frame, 0, header);
    final long at = batch.atEpochSeconds();
    ScanBatchDecoder.ScansDecoder scans = batch.scans();
    if (scans.count() > Limits.MAX_SCANS_A_BATCH) {
      leave(GoodbyeCode.BATCH_TOO_LONG);
      return;
    }
    final int scansStart = batch.limit();
    while (scans.hasNext()) {
      scans.next();
      final int codeEnd =
          batch.limit() + ScanBatchDecoder.ScansDecoder.codeHeaderLength() + scans.codeLength();
      if (codeEnd > frame.capacity()) {
        throw new IndexOutOfBoundsException();
      }
      batch.limit(codeEnd);
    }
    final int checkpointLength = batch.checkpointLength();
    if (checkpointLength > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    batch.getCheckpoint(codecs.checkpoint(checkpointLength), 0, checkpointLength);
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
        : rulesets.find(codecs.checkpoint, 0, checkpointLength);
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
      reject(
          correlationId,
          checkpointLength > ClientLimits.MAX_CHECKPOINT_CHARACTERS
              ? RejectionCode.CHECKPOINT_TOO_LONG
              : RejectionCode.UNKNOWN_CHECKPOINT);
      return;
    }
    if (!now && (atEpochSeconds < 0 || atEpochSeconds > CodeLimits.MAX_EPOCH_SECONDS)) {
      reject(correlationId, RejectionCode.TIME_OUT_OF_RANGE);
      return;
    }
    final ScanPipeline pipeline = settings.pipeline();
    final long waitNanos = settings.scanRates().take(rateHolder);
    if (waitNanos > 0) {
      counts.shed();
      busy(correlationId, waitNanos);
      return;
    }
    final PendingReply reply = inFlight < Limits.MAX_IN_FLIGHT ? replies.take(this) : null;
    final long sequence = reply == null ? ScanPipeline.BUSY : pipeline.claim();
    if (sequence == ScanPipeline.BUSY) {
      if (reply != null) {
        replies.giveBack(reply);
      }
      settings.metrics().recordShed();
      counts.shed();
      busy(correlationId);
      return;
    }
    try {
      pipeline
          .scan(sequence)
          .text(codecs.bytes, codeOffset, codeLength)
          .ruleset(ruleset)
          .place(codecs.checkpoint, 0, checkpointLength)
          .atEpochSeconds(now ? Scan.NOW : atEpochSeconds)
          .correlationId(correlationId)
          .connectionId(reply.id())
          .acceptedNanos(System.nanoTime())
          .listener(replies);
      inFlight++;
      counts.scan();
    } finally {
      pipeline.publish(sequence);
    }
  }

  private void onTranslate(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final TranslateDecoder translate = codecs.translate.wrapAndApplyHeader(frame, 0, header);
    final long correlationId = translate.correlationId();
    final String target = translate.target();
    final boolean linkRequired = translate.linkRequired() == BooleanCode.YES;
    final int length = translate.codeLength();
    if (length > frame.capacity()) {
      throw new IndexOutOfBoundsException();
    }
    final byte[] code = new byte[length];
    translate.getCode(code, 0, length);
    final TranslationService desk = settings.desk();
    final long waitNanos = desk == null ? 0 : settings.translationRates().take(rateHolder);
    if (desk == null) {
      notTranslated(correlationId, TranslationFaultCode.NOT_OFFERED, null);
    } else if (waitNanos > 0) {
      counts.shed();
      busy(correlationId, waitNanos);
    } else if (inFlight >= Limits.MAX_IN_FLIGHT || replies.isStopping()) {
      busy(correlationId);
    } else {
      inFlight++;
      final var unused =
          desk.translate(new TranslationRequest(code, target, linkRequired))
              .whenComplete(
                  (crossing, failure) ->
                      channel
                          .executor()
                          .execute(() -> onCrossing(correlationId, crossing, failure)));
    }
  }

  private void onCrossing(long correlationId, TranslationResult crossing, Throwable failure) {
    inFlight--;
    if (failure instanceof TranslationServiceException desk && desk.reason() == TranslationServiceException.Reason.BUSY) {
      busy(correlationId);
    } else if (failure != null) {
      notTranslated(correlationId, TranslationFaultCode.NOT_RECORDED, null);
    } else if (crossing.translation().isTranslated()) {
      translated(correlationId, crossing);
    } else {
      notTranslated(
          correlationId, codeOf(crossing.translation().fault()), crossing.translation().field());
    }
    flush();
  }

  private void translated(long correlationId, TranslationResult crossing) {
    final Translation translation = crossing.translation();
    final byte[] code = translation.code().getBytes(StandardCharsets.US_ASCII);
    codecs
        .translated
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .correlationId(correlationId)
        .expiresEpochSeconds(translation.claims().expiresAtEpochSeconds())
        .mapVersion(crossing.version())
        .receipt(crossing.receipt())
        .colour(ReplyLoop.codeOf(translation.claims().colour().number()))
        .linked(translation.linked() ? BooleanCode.YES : BooleanCode.NO)
        .putCode(code, 0, code.length);
    send(codecs.translated.encodedLength());
  }

  private void notTranslated(long correlationId, TranslationFaultCode fault, String field) {
    codecs
        .notTranslated
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .correlationId(correlationId)
        .fault(fault)
        .field(field == null ? "" : field);
    send(codecs.notTranslated.encodedLength());
  }

  private static TranslationFaultCode codeOf(TranslationFault fault) {
    return switch (fault) {
      case MALFORMED_CODE -> TranslationFaultCode.MALFORMED_CODE;
      case UNSUPPORTED_CODE -> TranslationFaultCode.UNSUPPORTED_CODE;
      case WRONG_DIRECTION -> TranslationFaultCode.WRONG_DIRECTION;
      case OWN_REGION_CODE -> TranslationFaultCode.OWN_REGION_CODE;
      case UNKNOWN_CODE_ISSUER -> TranslationFaultCode.UNKNOWN_CODE_ISSUER;
      case BAD_CODE_SIGNATURE -> TranslationFaultCode.BAD_CODE_SIGNATURE;
      case CODE_NOT_YET_VALID -> TranslationFaultCode.CODE_NOT_YET_VALID;
      case EXPIRED_CODE -> TranslationFaultCode.EXPIRED_CODE;
      case REVOKED_CODE -> TranslationFaultCode.REVOKED_CODE;
      case CODE_NOT_FRESH -> TranslationFaultCode.CODE_NOT_FRESH;
      case NOT_IN_TABLE -> TranslationFaultCode.NOT_IN_TABLE;
      case UNLINKED -> TranslationFaultCode.UNLINKED;
    };
  }

  private void onOfflineCounts(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final OfflineCountsDecoder counts = codecs.offline.wrapAndApplyHeader(frame, 0, header);
    if (!isCount(counts.pass()) || !isCount(counts.hold()) || !isCount(counts.refuse())) {
      leave(GoodbyeCode.MALFORMED_MESSAGE);
      return;
    }
    settings.metrics().recordOffline(Verdict.PASS, counts.pass());
    settings.metrics().recordOffline(Verdict.HOLD, counts.hold());
    settings.metrics().recordOffline(Verdict.REFUSE, counts.refuse());
    codecs
        .offlineTaken
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .correlationId(counts.correlationId());
    send(codecs.offlineTaken.encodedLength());
  }

  private static boolean isCount(long number) {
    return number >= 0 && number <= Limits.MAX_OFFLINE_COUNT;
  }

  private void onPing(UnsafeBuffer frame, MessageHeaderDecoder header) {
    final long echo = codecs.ping.wrapAndApplyHeader(frame, 0, header).echo();
    codecs
        .pong
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .echo(echo)
        .serverTimeEpochMillis(System.currentTimeMillis());
    send(codecs.pong.encodedLength());
  }

  private void busy(long correlationId) {
    busy(correlationId, 0);
  }

  /** Says that something was not taken, and when to ask again: not before so long. */
  private void busy(long correlationId, long waitNanos) {
    final long waitMillis = Math.min(Integer.MAX_VALUE, TimeUnit.NANOSECONDS.toMillis(waitNanos));
    codecs
        .busy
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .correlationId(correlationId)
        .retryAfterMillis((int) Math.max(settings.pipeline().retryAfterMillis(), waitMillis));
    send(codecs.busy.encodedLength());
  }

  private void reject(long correlationId, RejectionCode why) {
    codecs
        .rejected
        .wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut)
        .correlationId(correlationId)
        .rejection(why);
    send(codecs.rejected.encodedLength());
  }

  private void send(int encodedLength) {
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + encodedLength;
    codecs.message.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    append(codecs.messageBytes, LENGTH_BYTES + length);
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
      pending = channel.alloc().ioBuffer(SMALL_FRAME_BYTES + length);
    }
    pending.writeBytes(frame, 0, length);
    return first;
  }

  void flush() {
    if (pending != null) {
      final ByteBuf written = pending;
      pending = null;
      final var unused = channel.writeAndFlush(written, channel.voidPromise());
    }
  }

  void checkDeadlines(long nowNanos) {
    final boolean late =
        (!welcomed && isPast(nowNanos, openedNanos, settings.helloSeconds()))
            || (inFrame && isPast(nowNanos, frameStartedNanos, settings.frameSeconds()))
            || (inFlight == 0 && isPast(nowNanos, lastReadNanos, settings.idleSeconds()));
    if (late) {
      leave(GoodbyeCode.TIMEOUT);
    }
  }

  private static boolean isPast(long nowNanos, long sinceNanos, int seconds) {
    return nowNanos - sinceNanos > TimeUnit.SECONDS.toNanos(seconds);
  }

  /** Ends the connection where its device may not stay connected. */
  void checkEnrolment() {
    if (welcomed && !leaving && (isCertificateRevoked() || !settings.devices().stands(enrolment))) {
      settings.counts().revoked();
      leave(GoodbyeCode.REVOKED);
    }
  }

  private boolean isCertificateRevoked() {
    return peer.isPresent() && peer.get().isRevoked();
  }

  void shutDown() {
    leave(GoodbyeCode.SHUTTING_DOWN);
  }

  /** What a device is told in plain text that speaks it where TLS is spoken. */
  static ByteBuf answerToPlainText() {
    final byte[] bytes = new byte[SMALL_FRAME_BYTES];
    final UnsafeBuffer message = new UnsafeBuffer(bytes);
    final GoodbyeEncoder goodbye =
        new GoodbyeEncoder().wrapAndApplyHeader(message, LENGTH_BYTES, new MessageHeaderEncoder());
    goodbye.reason(GoodbyeCode.UNSUPPORTED_PROTOCOL);
    final int length = MessageHeaderEncoder.ENCODED_LENGTH + goodbye.encodedLength();
    message.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
    return Unpooled.wrappedBuffer(bytes, 0, LENGTH_BYTES + length);
  }

  /** Whether a device is not told: there is no TLS yet, and it is not waited for. */
  private boolean isUnheard(GoodbyeCode why) {
    return TlsEntry.isAwaited(channel.channel())
        || (why != GoodbyeCode.TOO_MANY_CONNECTIONS && TlsEntry.isShaking(channel.channel()));
  }

  private void leave(GoodbyeCode why) {
    if (leaving) {
      return;
    }
    LOGGER.debug("Connection {} ends: {}", id, why);
    if (isUnheard(why)) {
      leaving = true;
      final var unusedClose = channel.close();
      return;
    }
    codecs.goodbye.wrapAndApplyHeader(codecs.message, LENGTH_BYTES, codecs.headerOut).reason(why);
    send(codecs.goodbye.encodedLength());
    leaving = true;
    final ByteBuf last = pending;
    pending = null;
    final var unused = channel.writeAndFlush(last).addListener(ChannelFutureListener.CLOSE);
  }

  /** The flyweights of one event loop; it handles one frame at a time. */
  private static final class Codecs {
    private final UnsafeBuffer frame = new UnsafeBuffer(0, 0);
    private final byte[] messageBytes =
        new byte[LENGTH_BYTES + ClientLimits.MAX_DEVICE_ANSWER_BYTES];
    private final UnsafeBuffer message = new UnsafeBuffer(messageBytes);
    private final MessageHeaderDecoder header = new MessageHeaderDecoder();
    private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
    private final HelloDecoder hello = new HelloDecoder();
    private final ScanDecoder scan = new ScanDecoder();
    private final ScanBatchDecoder batch = new ScanBatchDecoder();
    private final PingDecoder ping = new PingDecoder();
    private final OfflineCountsDecoder offline = new OfflineCountsDecoder();
    private final OfflineCountsTakenEncoder offlineTaken = new OfflineCountsTakenEncoder();
    private final TranslateDecoder translate = new TranslateDecoder();
    private final TranslatedEncoder translated = new TranslatedEncoder();
    private final NotTranslatedEncoder notTranslated = new NotTranslatedEncoder();
    private final WelcomeEncoder welcome = new WelcomeEncoder();
    private final PongEncoder pong = new PongEncoder();
    private final BusyEncoder busy = new BusyEncoder();
    private final RejectedEncoder rejected = new RejectedEncoder();
    private final GoodbyeEncoder goodbye = new GoodbyeEncoder();
    private byte[] bytes = new byte[SMALL_FRAME_BYTES];
    private byte[] checkpoint = new byte[ClientLimits.MAX_CHECKPOINT_CHARACTERS];

    byte[] bytes(int length) {
      if (bytes.length < length) {
        bytes = new byte[Integer.highestOneBit(length) * 2];
      }
      return bytes;
    }

    byte[] checkpoint(int length) {
      if (checkpoint.length < length) {
        checkpoint = new byte[length];
      }
      return checkpoint;
    }
  }
}
