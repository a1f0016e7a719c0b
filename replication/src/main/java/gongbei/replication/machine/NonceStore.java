package gongbei.replication.machine;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.machine.Documents.Entry;
import gongbei.replication.map.LittleEndian;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The nonces of signed changes that the log remembers, the oldest first. One is forgotten once the
 * log's time is past the window in which its change is taken, and never for want of room: an author
 * who has signed too much in that time is refused, and the others are not. For the applier's
 * thread; by the log's time alone, so that every node holds the same.
 */
final class NonceStore {
  /** The most of all authors, some 60 MB. */
  static final int MAX_NONCES = 262_144;

  /** The most of one author. */
  static final int MAX_OF_AUTHOR = 32_768;

  /** What an author has in any case: more are taken only while half of the room is left. */
  static final int SURE_OF_AUTHOR = 1_024;

  /**
   * How long after it was signed a change may be taken, and how long before by the log's time, in
   * seconds: what nodes ask of signatures, and what their clocks may differ from the log's.
   */
  static final int WINDOW_SECONDS = 360;

  /** The most that are kept of a log before the fifth version of the protocol. */
  static final int MAX_WITHOUT_AUTHOR = 65_536;

  /** The first version of the protocol in which a nonce has an author and a time of the log. */
  static final int AUTHORED_PROTOCOL = 5;

  /** What goes with a change that no signed request has asked for. */
  static final Entry NO_NONCE = new Entry(CommandKind.NONCE, new byte[0], new byte[0], 0, 0);

  private static final int AUTHOR_AT = 0;
  private static final int TAKEN_AT = Long.BYTES;
  private static final int CONTENT_BYTES = 2 * Long.BYTES;

  private final TreeSet<Entry> byAge =
      new TreeSet<>(
          Comparator.comparingLong(Entry::revision).thenComparing(Entry::name, Arrays::compare));
  private final Map<Long, Integer> ofAuthor = new HashMap<>();
  private long newestSeconds;

  /** A nonce that is not taken yet, of the fifth version of the protocol or a later one. */
  static Entry of(byte[] digest, long author, long madeAtEpochSeconds) {
    final byte[] content = new byte[CONTENT_BYTES];
    LittleEndian.LONG.set(content, AUTHOR_AT, author);
    return new Entry(CommandKind.NONCE, digest, content, madeAtEpochSeconds, 0);
  }

  /** The same, taken at a time of the log and from a version on. */
  Entry taken(Entry nonce, long logMillis, long version) {
    final byte[] content = nonce.content().clone();
    if (content.length == CONTENT_BYTES) {
      LittleEndian.LONG.set(content, TAKEN_AT, secondsAt(logMillis));
    }
    return new Entry(nonce.kind(), nonce.name(), content, nonce.revision(), version);
  }

  private static boolean hasAuthor(Entry nonce) {
    return nonce.content().length == CONTENT_BYTES;
  }

  /** Who signed the change of a nonce: the key's id; 0 where that is not known. */
  static long authorOf(Entry nonce) {
    return hasAuthor(nonce) ? (long) LittleEndian.LONG.get(nonce.content(), AUTHOR_AT) : 0;
  }

  /** The log's time in seconds, which does not go back; 0 where it is not known. */
  private long secondsAt(long logMillis) {
    return Math.max(newestSeconds, logMillis / 1_000);
  }

  /**
   * Why a change of a nonce that is not known can't be taken; null where it can.
   *
   * @param logMillis the log's time, since 1970; 0 where it is not known
   */
  Outcome fault(Entry nonce, long logMillis) {
    if (!hasAuthor(nonce)) {
      return byAge.size() >= MAX_WITHOUT_AUTHOR && nonce.revision() <= byAge.first().revision()
          ? Outcome.REPLAYED
          : null;
    }
    final long now = secondsAt(logMillis);
    if (now > 0
        && (nonce.revision() < now - WINDOW_SECONDS || nonce.revision() > now + WINDOW_SECONDS)) {
      return Outcome.OUTSIDE_WINDOW;
    }
    return hasRoom(authorOf(nonce), now - WINDOW_SECONDS) ? null : Outcome.TOO_MANY;
  }

  /** Whether an author may have one more, besides those that are not past their time. */
  private boolean hasRoom(long author, long pastSeconds) {
    int all = byAge.size();
    int held = ofAuthor.getOrDefault(author, 0);
    for (final Entry each : byAge) {
      if (each.revision() >= pastSeconds) {
        break;
      }
      all--;
      held -= authorOf(each) == author ? 1 : 0;
    }
    return held < SURE_OF_AUTHOR ? all < MAX_NONCES : held < MAX_OF_AUTHOR && all < MAX_NONCES / 2;
  }

  /** The oldest where it is to make way for a nonce that is about to be added, or null. */
  Entry dueBefore(Entry nonce) {
    if (byAge.isEmpty()) {
      return null;
    }
    final boolean isDue =
        hasAuthor(nonce)
            ? byAge.first().revision()
                < (long) LittleEndian.LONG.get(nonce.content(), TAKEN_AT) - WINDOW_SECONDS
            : byAge.size() >= MAX_WITHOUT_AUTHOR;
    return isDue ? byAge.first() : null;
  }

  void add(Entry nonce) {
    if (byAge.add(nonce)) {
      ofAuthor.merge(authorOf(nonce), 1, Integer::sum);
    }
    if (hasAuthor(nonce)) {
      newestSeconds =
          Math.max(newestSeconds, (long) LittleEndian.LONG.get(nonce.content(), TAKEN_AT));
    }
  }

  void remove(Entry nonce) {
    if (byAge.remove(nonce)) {
      ofAuthor.computeIfPresent(authorOf(nonce), (author, count) -> count == 1 ? null : count - 1);
    }
  }

  int size() {
    return byAge.size();
  }

  /** Holds from now on what another held. */
  void takeAll(NonceStore other) {
    clear();
    byAge.addAll(other.byAge);
    ofAuthor.putAll(other.ofAuthor);
    newestSeconds = other.newestSeconds;
  }

  void clear() {
    byAge.clear();
    ofAuthor.clear();
    newestSeconds = 0;
  }
}
