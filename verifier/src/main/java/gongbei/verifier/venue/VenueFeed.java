package gongbei.verifier.venue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells the screens of venues of the visits that came to this node. Keeps nothing of a visit: what
 * nobody watches is told to nobody. For any thread.
 */
public final class VenueFeed {
  private final int maxScreens;
  private final int maxScreensOfCaller;
  private final Map<Long, List<Screen>> screens = new ConcurrentHashMap<>();
  private final Map<String, Integer> callers = new HashMap<>();
  private final AtomicLong count = new AtomicLong();

  /** A venue's screen. */
  public interface Screen {
    /** A holder has visited the venue. */
    void visited(VisitNotice visit);
  }

  /** Whether a screen has a place. */
  public enum Place {
    /** It has. */
    TAKEN,
    /** Its caller has as many as one may. */
    TOO_MANY_OF_CALLER,
    /** The node has as many as it may. */
    NO_ROOM
  }

  /**
   * @param maxScreens the most at once
   * @param maxScreensOfCaller the most of those of one caller
   */
  public VenueFeed(int maxScreens, int maxScreensOfCaller) {
    this.maxScreens = maxScreens;
    this.maxScreensOfCaller = maxScreensOfCaller;
  }

  /** Takes a place for a screen, which {@link #leave} must give back. */
  public synchronized Place enter(String caller) {
    if (callers.getOrDefault(caller, 0) >= maxScreensOfCaller) {
      return Place.TOO_MANY_OF_CALLER;
    }
    if (count.get() >= maxScreens) {
      return Place.NO_ROOM;
    }
    callers.merge(caller, 1, Integer::sum);
    count.incrementAndGet();
    return Place.TAKEN;
  }

  /** Gives back a place that was taken. */
  public synchronized void leave(String caller) {
    callers.computeIfPresent(caller, (any, held) -> held == 1 ? null : held - 1);
    count.decrementAndGet();
  }

  /** Tells a screen of a venue's visits from now on. */
  public void watch(long venue, Screen screen) {
    screens.compute(
        venue,
        (any, known) -> {
          final List<Screen> all = known == null ? new CopyOnWriteArrayList<>() : known;
          all.add(screen);
          return all;
        });
  }

  /** Tells a screen no more. */
  public void forget(long venue, Screen screen) {
    screens.computeIfPresent(
        venue,
        (any, known) -> {
          known.remove(screen);
          return known.isEmpty() ? null : known;
        });
  }

  /** Tells the screens of a venue of a visit. */
  public void visited(long venue, VisitNotice visit) {
    screens.getOrDefault(venue, List.of()).forEach(screen -> screen.visited(visit));
  }

  /** How many screens have a place. */
  public long count() {
    return count.get();
  }
}
