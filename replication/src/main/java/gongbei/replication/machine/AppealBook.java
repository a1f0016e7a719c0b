package gongbei.replication.machine;

import gongbei.codec.model.AppealRefusal;
import gongbei.replication.command.Appeal;
import gongbei.replication.map.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The appeals among the documents, found by their change, by their holder and by when they are due.
 * Writing is for the applier's thread, reading for any: who reads meanwhile sees them as they were
 * or as they are.
 */
public final class AppealBook {
  /** The most that are kept, open and decided, some 250 MB: more are refused. */
  public static final int MAX_APPEALS = 500_000;

  /** How long a decided one is kept, by the log's time, in seconds: 90 days. */
  public static final long KEPT_SECONDS = 90L * 24 * 60 * 60;

  private volatile Index index = new Index();

  /**
   * Where an appeal stands in the order of time.
   *
   * @param version of the change that is appealed, which tells those of one second apart
   */
  public record Place(long epochSeconds, long version) {
    /** Before all. */
    public static final Place FIRST = new Place(Long.MIN_VALUE, 0);

    /** That of an appeal: open ones stand where they are due, others where they were decided. */
    public static Place of(Appeal appeal) {
      return new Place(
          appeal.isOpen() ? appeal.term().dueEpochSeconds() : appeal.decision().epochSeconds(),
          appeal.version());
    }
  }

  private record OfAuthority(long authority, Place place) {}

  private static final class Index {
    private static final Comparator<Place> BY_TIME =
        Comparator.comparingLong(Place::epochSeconds).thenComparingLong(Place::version);

    private final Map<Long, Appeal> byVersion = new ConcurrentHashMap<>();
    private final Map<Subject, List<Long>> bySubject = new ConcurrentHashMap<>();
    private final NavigableSet<Place> open = new ConcurrentSkipListSet<>(BY_TIME);
    private final NavigableSet<OfAuthority> ofAuthority =
        new ConcurrentSkipListSet<>(
            Comparator.comparingLong(OfAuthority::authority)
                .thenComparing(OfAuthority::place, BY_TIME));
    private final NavigableSet<Place> decided = new ConcurrentSkipListSet<>(BY_TIME);
    private final AtomicInteger openCount = new AtomicInteger();
    private final AtomicIntegerArray refused =
        new AtomicIntegerArray(AppealRefusal.values().length);

    void add(Appeal appeal) {
      byVersion.put(appeal.version(), appeal);
      bySubject.merge(appeal.subject(), List.of(appeal.version()), AppealBook::joined);
      if (appeal.isOpen()) {
        open.add(Place.of(appeal));
        ofAuthority.add(new OfAuthority(appeal.cause().authority(), Place.of(appeal)));
      } else {
        decided.add(Place.of(appeal));
      }
      count(appeal, 1);
    }

    private void count(Appeal appeal, int by) {
      openCount.addAndGet(appeal.isOpen() ? by : 0);
      appeal.decision().refusal().ifPresent(why -> refused.addAndGet(why.number(), by));
    }

    void remove(Appeal appeal) {
      byVersion.remove(appeal.version());
      bySubject.computeIfPresent(
          appeal.subject(),
          (subject, versions) -> {
            final List<Long> rest =
                versions.stream().filter(each -> each != appeal.version()).toList();
            return rest.isEmpty() ? null : rest;
          });
      open.remove(Place.of(appeal));
      ofAuthority.remove(new OfAuthority(appeal.cause().authority(), Place.of(appeal)));
      decided.remove(Place.of(appeal));
      count(appeal, -1);
    }
  }

  private static List<Long> joined(List<Long> some, List<Long> more) {
    final List<Long> all = new ArrayList<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  /** Takes an appeal in the place of the one that stood there. */
  void put(Appeal appeal) {
    final Appeal before = index.byVersion.get(appeal.version());
    if (before != null) {
      index.remove(before);
    }
    index.add(appeal);
  }

  void remove(Appeal appeal) {
    index.remove(appeal);
  }

  /** The appeal that was decided first of all, where its time is past; empty where none is. */
  Optional<Appeal> pastAt(long epochSeconds) {
    final Index all = index;
    if (all.decided.isEmpty()
        || all.decided.first().epochSeconds() + KEPT_SECONDS >= epochSeconds) {
      return Optional.empty();
    }
    return Optional.of(all.byVersion.get(all.decided.first().version()));
  }

  /** Holds from now on what another held, which holds nothing then. */
  void takeAll(AppealBook other) {
    index = other.index;
    other.index = new Index();
  }

  void clear() {
    index = new Index();
  }

  /** The appeal against a change; empty where there is none. */
  public Optional<Appeal> find(long version) {
    return Optional.ofNullable(index.byVersion.get(version));
  }

  /** A holder's appeals, in the order in which they were opened. */
  public List<Appeal> of(Subject subject) {
    final Index all = index;
    return found(all, all.bySubject.getOrDefault(subject, List.of())).stream()
        .sorted(
            Comparator.comparingLong((Appeal each) -> each.term().openedEpochSeconds())
                .thenComparingLong(Appeal::version))
        .toList();
  }

  private static List<Appeal> found(Index all, Collection<Long> versions) {
    return versions.stream()
        .map(all.byVersion::get)
        // One that goes meanwhile is not there any more.
        .filter(each -> each != null)
        .toList();
  }

  /**
   * Open appeals, those that are due first first.
   *
   * @param after after which place
   * @param most how many at most
   */
  public List<Appeal> open(Place after, int most) {
    final Index all = index;
    return found(
        all, all.open.tailSet(after, false).stream().limit(most).map(Place::version).toList());
  }

  /** Open appeals against an authority's changes: see {@link #open(Place, int)}. */
  public List<Appeal> open(long authority, Place after, int most) {
    final Index all = index;
    return found(
        all,
        all.ofAuthority.tailSet(new OfAuthority(authority, after), false).stream()
            .takeWhile(each -> each.authority() == authority)
            .limit(most)
            .map(each -> each.place().version())
            .toList());
  }

  /** How many are kept, open and decided. */
  public int size() {
    return index.byVersion.size();
  }

  /** How many are open. */
  public int openCount() {
    return index.openCount.get();
  }

  /** How many are open after their time: counts them. */
  public int overdueCount(long epochSeconds) {
    return index.open.headSet(new Place(epochSeconds, 0), false).size();
  }

  /** How many of those kept were granted. */
  public int grantedCount() {
    final Index all = index;
    int decided = all.byVersion.size() - all.openCount.get();
    for (int i = 0; i < all.refused.length(); i++) {
      decided -= all.refused.get(i);
    }
    return Math.max(0, decided);
  }

  /** How many of those kept were refused for a reason. */
  public int refusedCount(AppealRefusal refusal) {
    return index.refused.get(refusal.number());
  }
}
