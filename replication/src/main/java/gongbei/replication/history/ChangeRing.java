package gongbei.replication.history;

import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.replication.machine.HistoryChange;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Changes between the applier's thread, which copies them in, and whoever makes entries of them: a
 * ring of places of 64 bytes. One thread puts, one at a time takes. Allocates nothing once made.
 */
final class ChangeRing {
  private static final int PLACE_BITS = 6;
  private static final int SECONDS_PER_MINUTE = 60;
  private static final int VERSION = 16;
  private static final int PREVIOUS = 24;
  private static final int AUTHORITY = 32;
  private static final int SECOND = 40;
  private static final int TIME = 48;
  private static final int UNTIL = 52;
  private static final int GROUND = 56;
  private static final int KIND = 58;
  private static final int OUTCOME = 59;
  private static final int BEFORE = 60;
  private static final int AFTER = 61;
  private static final int IS_BEFORE_HISTORY = 62;
  private static final int ENTRY_PREVIOUS = 16;
  private static final int ENTRY_AUTHORITY = 24;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private final byte[] bytes;
  private final long places;
  private final EntryBlinding blinding = new EntryBlinding();
  private final AtomicLong put = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private long putNext;
  private long takenSeen;

  /**
   * @param places how many, a power of two
   */
  ChangeRing(int places) {
    this.places = places;
    bytes = new byte[places << PLACE_BITS];
  }

  /** Copies a change in; false where there is no room. For the applier's thread. */
  boolean put(HistoryChange change) {
    if (putNext - takenSeen == places) {
      takenSeen = taken.get();
      if (putNext - takenSeen == places) {
        return false;
      }
    }
    final int at = (int) (putNext & (places - 1)) << PLACE_BITS;
    final StatusRecord after = change.after();
    System.arraycopy(change.subject(), 0, bytes, at, Subject.BYTES);
    LONGS.set(bytes, at + VERSION, change.version());
    LONGS.set(bytes, at + PREVIOUS, change.previousVersion());
    LONGS.set(bytes, at + AUTHORITY, change.authority());
    LONGS.set(bytes, at + SECOND, change.secondAuthority());
    INTS.set(bytes, at + TIME, (int) change.logEpochSeconds());
    INTS.set(bytes, at + UNTIL, after.untilEpochMinutes());
    SHORTS.set(bytes, at + GROUND, (short) change.ground());
    bytes[at + KIND] = (byte) change.kind();
    bytes[at + OUTCOME] = change.outcome().code();
    final byte before = status(change.before(), change.logEpochSeconds());
    final byte now = after.version() == 0 ? 0 : status(after, after.colour());
    bytes[at + BEFORE] =
        change.isMarked() && change.isTaking() ? HistoryEntry.marked(before) : before;
    bytes[at + AFTER] = change.isMarked() && change.isDeath() ? HistoryEntry.marked(now) : now;
    bytes[at + IS_BEFORE_HISTORY] = (byte) (change.isBeforeHistory() ? 1 : 0);
    putNext++;
    put.lazySet(putNext);
    return true;
  }

  /** A status as it counted when the change came: what had lapsed is what followed it. */
  private static byte status(StatusRecord before, long epochSeconds) {
    return before.version() == 0
        ? 0
        : status(before, before.colourAt(epochSeconds / SECONDS_PER_MINUTE));
  }

  private static byte status(StatusRecord record, int colour) {
    return HistoryEntry.status(colour, record.result(), record.next());
  }

  /** How many wait to be taken. */
  int waiting() {
    return (int) (put.get() - taken.get());
  }

  /** The version of a change that waits. */
  long version(int ahead) {
    return (long) LONGS.get(bytes, place(ahead) + VERSION);
  }

  /** Makes the entry of a change that waits. */
  void entry(int ahead, byte[] into, int offset) {
    final int at = place(ahead);
    if (bytes[at + IS_BEFORE_HISTORY] != 0) {
      Arrays.fill(into, offset, offset + HistoryEntry.BYTES, (byte) 0);
      return;
    }
    final long previous = (long) LONGS.get(bytes, at + PREVIOUS);
    blinding.of(bytes, at, (long) LONGS.get(bytes, at + VERSION)).tag(into, offset);
    LONGS.set(into, offset + ENTRY_PREVIOUS, blinding.mask(previous));
    System.arraycopy(
        bytes,
        at + AUTHORITY,
        into,
        offset + ENTRY_AUTHORITY,
        HistoryEntry.BYTES - ENTRY_AUTHORITY);
  }

  private int place(int ahead) {
    return (int) ((taken.get() + ahead) & (places - 1)) << PLACE_BITS;
  }

  /** Gives places back. */
  void took(int count) {
    taken.lazySet(taken.get() + count);
  }
}
