package gongbei.replication.machine;

import gongbei.replication.ground.Ground;
import gongbei.replication.map.StatusMap;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * How many holders each authority has stopped on each ground in the last hour and the last day, by
 * the minutes of the log's time: what ceilings are held against. A minute that is 60 minutes past
 * is no longer in the hour, one that is 1,440 past no longer in the day. Part of the replicated
 * state, it shares in the digest. For the applier's thread; allocates nothing but room for more
 * than it ever held.
 */
public final class Ceilings {
  private static final int HOUR_MINUTES = 60;
  private static final int DAY_MINUTES = 24 * 60;
  private static final int FIRST_CAPACITY = 64;

  private final Int2ObjectHashMap<Long2ObjectHashMap<Window>> windows = new Int2ObjectHashMap<>();
  private int[] minutes = new int[FIRST_CAPACITY];
  private long[] authorities = new long[FIRST_CAPACITY];
  private int[] grounds = new int[FIRST_CAPACITY];
  private int[] counts = new int[FIRST_CAPACITY];
  private int mask = FIRST_CAPACITY - 1;

  /** The oldest count of the day, the oldest of the hour, and where the next one goes. */
  private long head;

  private long hourHead;
  private long tail;
  private int minute;

  /** The sums of one authority on one ground. */
  private static final class Window {
    private int hour;
    private int day;
    private long newest;
  }

  /** Takes one count. */
  public interface CountAction {
    /**
     * @param epochMinutes the minute of the log's time
     * @param count how many changes of that minute
     */
    void accept(long authority, int ground, int epochMinutes, int count);
  }

  /** The newest minute of the log's time that it knows of; it does not go back. */
  public int epochMinutes() {
    return minute;
  }

  /** How many counts there are: one for each minute, authority and ground that has any. */
  public int size() {
    return (int) (tail - head);
  }

  /** Whether an authority may turn no other holder on a ground, at the newest minute. */
  boolean isReached(long authority, Ground ground) {
    final Window window = find(authority, ground.number());
    final Ground.Ceiling ceiling = ground.ceiling();
    return window != null
        && ((ceiling.hourly() != 0 && window.hour >= ceiling.hourly())
            || (ceiling.daily() != 0 && window.day >= ceiling.daily()));
  }

  /** How many holders an authority has turned on a ground in the last 60 minutes. */
  int hour(long authority, int ground) {
    final Window window = find(authority, ground);
    return window == null ? 0 : window.hour;
  }

  /** How many holders an authority has turned on a ground in the last 24 hours. */
  int day(long authority, int ground) {
    final Window window = find(authority, ground);
    return window == null ? 0 : window.day;
  }

  private Window find(long authority, int ground) {
    final Long2ObjectHashMap<Window> ofGround = windows.get(ground);
    return ofGround == null ? null : ofGround.get(authority);
  }

  /**
   * Forgets what is past at a minute of the log's time.
   *
   * @return by how much the digest changes
   */
  long advance(int epochMinutes) {
    minute = Math.max(minute, epochMinutes);
    while (hourHead < tail && minutes[at(hourHead)] <= minute - HOUR_MINUTES) {
      final int at = at(hourHead++);
      find(authorities[at], grounds[at]).hour -= counts[at];
    }
    long change = 0;
    while (head < tail && minutes[at(head)] <= minute - DAY_MINUTES) {
      final int at = at(head++);
      final Long2ObjectHashMap<Window> ofGround = windows.get(grounds[at]);
      final Window window = ofGround.get(authorities[at]);
      window.day -= counts[at];
      if (window.day == 0) {
        ofGround.remove(authorities[at]);
      }
      change -= hash(at);
    }
    return change;
  }

  /**
   * Counts a change at the newest minute.
   *
   * @return by how much the digest changes
   */
  long count(long authority, int ground) {
    return add(authority, ground, minute, 1);
  }

  /**
   * Adds a count of a minute that is none before the last, and at most the newest.
   *
   * @return by how much the digest changes
   */
  private long add(long authority, int ground, int epochMinutes, int count) {
    final Window window = window(authority, ground);
    final int last = at(window.newest);
    long change = 0;
    if (window.day == 0 || minutes[last] != epochMinutes) {
      window.newest = append(authority, ground, epochMinutes);
    } else {
      change -= hash(last);
    }
    final int at = at(window.newest);
    counts[at] += count;
    window.day += count;
    window.hour += count;
    return change + hash(at);
  }

  private Window window(long authority, int ground) {
    Long2ObjectHashMap<Window> ofGround = windows.get(ground);
    if (ofGround == null) {
      ofGround = new Long2ObjectHashMap<>();
      windows.put(ground, ofGround);
    }
    Window window = ofGround.get(authority);
    if (window == null) {
      window = new Window();
      ofGround.put(authority, window);
    }
    return window;
  }

  private long append(long authority, int ground, int epochMinutes) {
    if (tail - head > mask) {
      grow();
    }
    final int at = at(tail);
    minutes[at] = epochMinutes;
    authorities[at] = authority;
    grounds[at] = ground;
    counts[at] = 0;
    return tail++;
  }

  private void grow() {
    final int capacity = 2 * (mask + 1);
    final int[] moreMinutes = new int[capacity];
    final long[] moreAuthorities = new long[capacity];
    final int[] moreGrounds = new int[capacity];
    final int[] moreCounts = new int[capacity];
    for (long each = head; each < tail; each++) {
      final int to = (int) (each & (capacity - 1));
      moreMinutes[to] = minutes[at(each)];
      moreAuthorities[to] = authorities[at(each)];
      moreGrounds[to] = grounds[at(each)];
      moreCounts[to] = counts[at(each)];
    }
    minutes = moreMinutes;
    authorities = moreAuthorities;
    grounds = moreGrounds;
    counts = moreCounts;
    mask = capacity - 1;
  }

  private int at(long place) {
    return (int) (place & mask);
  }

  /** Shows every count, the oldest first. */
  public void forEach(CountAction action) {
    for (long each = head; each < tail; each++) {
      final int at = at(each);
      action.accept(authorities[at], grounds[at], minutes[at], counts[at]);
    }
  }

  /**
   * Takes a count of a snapshot, the oldest first.
   *
   * @param newest up to which minute the snapshot's counts are kept
   * @return whether it is one that a snapshot may hold; where not, nothing is taken
   */
  public boolean restore(long authority, int ground, int epochMinutes, int count, int newest) {
    final Window known = find(authority, ground);
    final boolean isSound =
        count > 0
            && ground > 0
            && ground <= Ground.MAX_NUMBER
            && epochMinutes <= newest
            && epochMinutes > newest - DAY_MINUTES
            && (tail == head || epochMinutes >= minutes[at(tail - 1)])
            && (known == null || minutes[at(known.newest)] < epochMinutes);
    if (isSound) {
      add(authority, ground, epochMinutes, count);
    }
    return isSound;
  }

  /**
   * Holds from now on what another held, which holds nothing then.
   *
   * @param newest up to which minute those are kept
   * @return by how much the digest changes
   */
  public long takeAll(Ceilings other, int newest) {
    final long before = digest();
    clear();
    other.forEach(this::add);
    other.clear();
    advance(newest);
    return digest() - before;
  }

  void clear() {
    windows.clear();
    head = 0;
    hourHead = 0;
    tail = 0;
    minute = 0;
  }

  /** The digest of all, computed anew. */
  public long digest() {
    long sum = 0;
    for (long each = head; each < tail; each++) {
      sum += hash(at(each));
    }
    return sum;
  }

  private long hash(int at) {
    long hash = StatusMap.stir(authorities[at] ^ 0x43_65_69_6C_69_6E_67L);
    hash = StatusMap.stir(hash ^ grounds[at]);
    return StatusMap.stir(hash ^ ((long) minutes[at] << Integer.SIZE | counts[at]));
  }
}
