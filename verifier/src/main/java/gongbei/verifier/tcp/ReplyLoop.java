package gongbei.verifier.tcp;

import gongbei.codec.code.CodeLimits;
import gongbei.replication.map.StatusRecord;
import gongbei.verifier.protocol.BooleanCode;
import gongbei.verifier.protocol.ColourCode;
import gongbei.verifier.protocol.GroupFindingsEncoder;
import gongbei.verifier.protocol.MessageHeaderEncoder;
import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.protocol.VerdictCode;
import gongbei.verifier.protocol.VerdictEncoder;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.GroupFindings;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanListener;
import io.netty.channel.EventLoop;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Carries verdicts from the workers to one event loop's connections: workers write encoded answers
 * into the places that the loop has kept for them, and once a batch wake the loop, which writes
 * them out and flushes each connection once. A scan for whose answer there is no place is not taken
 * at all, so that no worker ever waits for a loop. Everything but {@link #onVerdict}, {@link
 * #onBatchEnd} and {@link #stop} is for the event loop.
 */
final class ReplyLoop implements ScanListener {
  private static final int MAX_FIELD_BYTES = 64;
  private static final int MAX_ENCODED_BYTES =
      PendingReply.MAX_SHORT_BYTES
          + 64
          + 4 * Reason.values().length
          + 2 * CodeLimits.MAX_GROUP_SIZE;
  private static final Reason[] REASONS = Reason.values();

  /** By the ordinals of {@link Reason}; a reason that the schema does not name ends the start. */
  private static final ReasonCode[] CODES =
      Stream.of(REASONS).map(each -> ReasonCode.valueOf(each.name())).toArray(ReasonCode[]::new);
  private static final int FIRST_PLACES = 64;

  private final EventLoop eventLoop;
  private final int maxPlaces;
  private final AtomicReference<PendingReply> done = new AtomicReference<>();
  private final ThreadLocal<VerdictWriter> writers = ThreadLocal.withInitial(VerdictWriter::new);
  private final AtomicBoolean drainIsDue = new AtomicBoolean();
  private final Runnable drain = this::drain;
  private final Long2ObjectHashMap<DeviceConnection> connections = new Long2ObjectHashMap<>();
  private final List<DeviceConnection> touched = new ArrayList<>();
  private volatile PendingReply[] places;
  private int made;
  private PendingReply free;
  private volatile boolean isStopping;

  /**
   * Carries nothing yet.
   *
   * @param maxPlaces the most scans that are judged, or whose answers wait for the loop
   */
  ReplyLoop(EventLoop eventLoop, int maxPlaces) {
    this.eventLoop = eventLoop;
    this.maxPlaces = maxPlaces;
    this.places = new PendingReply[Math.min(FIRST_PLACES, maxPlaces)];
  }

  /** A place for the answer to one more scan; null where there is none, or the node stops. */
  PendingReply take(DeviceConnection connection) {
    if (isStopping) {
      return null;
    }
    if (free == null) {
      if (made == maxPlaces) {
        return null;
      }
      if (made == places.length) {
        places = Arrays.copyOf(places, Math.min(2 * made, maxPlaces));
      }
      places[made] = new PendingReply(made);
      free = places[made];
      made++;
    }
    final PendingReply taken = free;
    free = taken.next;
    taken.next = null;
    return taken.begin(connection);
  }

  /** Takes a place back. */
  void giveBack(PendingReply reply) {
    reply.forget();
    reply.next = free;
    free = reply;
  }

  /** From now on nothing more is taken; what was taken is answered. For any thread. */
  void stop() {
    isStopping = true;
  }

  /** Whether nothing more is taken. */
  boolean isStopping() {
    return isStopping;
  }

  void add(DeviceConnection connection) {
    connections.put(connection.id(), connection);
  }

  void remove(DeviceConnection connection) {
    connections.remove(connection.id());
  }

  /** Looks at every connection for one that has been silent for too long. */
  void checkDeadlines() {
    final long nowNanos = System.nanoTime();
    for (final DeviceConnection connection : new ArrayList<>(connections.values())) {
      connection.checkDeadlines(nowNanos);
    }
  }

  /** Ends the connections of devices that may not stay connected. */
  void checkEnrolments() {
    for (final DeviceConnection connection : new ArrayList<>(connections.values())) {
      connection.checkEnrolment();
    }
  }

  /** Says goodbye to every connection that has no scan in flight; answers how many have. */
  int sayGoodbyeToIdle() {
    int busy = 0;
    for (final DeviceConnection connection : new ArrayList<>(connections.values())) {
      if (connection.inFlight() == 0) {
        connection.shutDown();
      } else {
        busy++;
      }
    }
    return busy;
  }

  @Override
  public void onVerdict(Scan scan) {
    // The places that the loop had when it published the scan are seen here.
    final PendingReply pending = places[(int) scan.connectionId()];
    final VerdictWriter writer = writers.get();
    pending.take(writer.bytes, writer.encode(scan));
    PendingReply before;
    do {
      before = done.get();
      pending.next = before;
    } while (!done.compareAndSet(before, pending));
  }

  @Override
  public void onBatchEnd() {
    if (drainIsDue.compareAndSet(false, true)) {
      eventLoop.execute(drain);
    }
  }

  private void drain() {
    drainIsDue.set(false);
    PendingReply last = done.getAndSet(null);
    PendingReply first = null;
    while (last != null) {
      final PendingReply before = last.next;
      last.next = first;
      first = last;
      last = before;
    }
    while (first != null) {
      final PendingReply each = first;
      first = each.next;
      final DeviceConnection connection = each.connection();
      if (connection.answer(each.answer(), each.answerBytes())) {
        touched.add(connection);
      }
      giveBack(each);
    }
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flush();
    }
    touched.clear();
  }

  static VerdictCode codeOf(Verdict verdict) {
    return switch (verdict) {
      case PASS -> VerdictCode.PASS;
      case HOLD -> VerdictCode.HOLD;
      case REFUSE -> VerdictCode.REFUSE;
    };
  }

  static ReasonCode codeOf(Reason reason) {
    return CODES[reason.ordinal()];
  }

  static ColourCode codeOf(int colour) {
    return switch (colour) {
      case 0 -> ColourCode.GREEN;
      case 1 -> ColourCode.YELLOW;
      case 2 -> ColourCode.RED;
      default -> ColourCode.UNKNOWN;
    };
  }

  /** Encodes verdicts for one worker: frame length, header, message. */
  private static final class VerdictWriter {
    private final byte[] bytes = new byte[MAX_ENCODED_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private final MessageHeaderEncoder header = new MessageHeaderEncoder();
    private final VerdictEncoder verdict = new VerdictEncoder();
    private final GroupFindingsEncoder group = new GroupFindingsEncoder();
    private final byte[] field = new byte[MAX_FIELD_BYTES];

    int encode(Scan scan) {
      final int frame = scan.group() == null ? 0 : encodeGroup(scan, scan.group());
      verdict
          .wrapAndApplyHeader(buffer, frame + Integer.BYTES, header)
          .correlationId(scan.correlationId())
          .mapVersion(scan.mapVersion())
          .dataAgeMillis(scan.dataAgeMillis())
          .rulesetVersion(scan.ruleset() == null ? 0 : scan.ruleset().version())
          .verdict(codeOf(scan.verdict()))
          .reason(codeOf(scan.reason()))
          .colour(codeOf(scan.colour()))
          .stale(scan.stale() ? BooleanCode.YES : BooleanCode.NO);
      verdict.putField(field, 0, ascii(scan.field()));
      final int frameLength = MessageHeaderEncoder.ENCODED_LENGTH + verdict.encodedLength();
      buffer.putInt(frame, frameLength, ByteOrder.LITTLE_ENDIAN);
      return frame + Integer.BYTES + frameLength;
    }

    /** The frame that goes before a group's verdict; its bytes. */
    private int encodeGroup(Scan scan, GroupFindings findings) {
      group
          .wrapAndApplyHeader(buffer, Integer.BYTES, header)
          .correlationId(scan.correlationId())
          .size(findings.size())
          .green(findings.colour(StatusRecord.GREEN))
          .yellow(findings.colour(StatusRecord.YELLOW))
          .red(findings.colour(StatusRecord.RED));
      int found = 0;
      for (final Reason reason : REASONS) {
        found += findings.reason(reason) > 0 ? 1 : 0;
      }
      final GroupFindingsEncoder.ReasonsEncoder reasons = group.reasonsCount(found);
      for (final Reason reason : REASONS) {
        if (findings.reason(reason) > 0) {
          reasons.next().reason(codeOf(reason)).members(findings.reason(reason));
        }
      }
      final GroupFindingsEncoder.HeldUpByEncoder heldUpBy =
          group.heldUpByCount(findings.heldUpByCount());
      for (int i = 0; i < findings.heldUpByCount(); i++) {
        heldUpBy.next().ordinal(findings.heldUpBy(i));
      }
      final int length = MessageHeaderEncoder.ENCODED_LENGTH + group.encodedLength();
      buffer.putInt(0, length, ByteOrder.LITTLE_ENDIAN);
      return Integer.BYTES + length;
    }

    @SuppressWarnings("deprecation") // The one way that copies ASCII without allocation.
    private int ascii(String text) {
      if (text == null) {
        return 0;
      }
      final int length = Math.min(text.length(), MAX_FIELD_BYTES);
      text.getBytes(0, length, field, 0);
      return length;
    }
  }
}
