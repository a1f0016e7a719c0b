package gongbei.replication.machine;

import gongbei.replication.command.Guardianship;
import gongbei.replication.map.Subject;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Who may show whose codes: the wards of each guardian, and the guardians of each ward. Writing is
 * for the applier's thread, reading for any.
 */
public final class GuardianBook {
  private static final Comparator<Subject> ORDER =
      Comparator.comparingLong(Subject::high).thenComparingLong(Subject::low);

  private final Map<Subject, NavigableSet<Subject>> wards = new ConcurrentHashMap<>();
  private final Map<Subject, NavigableSet<Subject>> guardians = new ConcurrentHashMap<>();

  GuardianBook() {}

  void put(Guardianship link) {
    add(wards, link.guardian(), link.ward());
    add(guardians, link.ward(), link.guardian());
  }

  void remove(Guardianship link) {
    take(wards, link.guardian(), link.ward());
    take(guardians, link.ward(), link.guardian());
  }

  private static void add(Map<Subject, NavigableSet<Subject>> to, Subject key, Subject value) {
    to.computeIfAbsent(key, any -> new ConcurrentSkipListSet<>(ORDER)).add(value);
  }

  private static void take(Map<Subject, NavigableSet<Subject>> from, Subject key, Subject value) {
    from.computeIfPresent(
        key,
        (any, all) -> {
          all.remove(value);
          return all.isEmpty() ? null : all;
        });
  }

  /** The wards of a guardian, in the order of their subjects. */
  public Set<Subject> wardsOf(Subject guardian) {
    return of(wards.get(guardian));
  }

  /** The guardians of a ward, in the order of their subjects. */
  public Set<Subject> guardiansOf(Subject ward) {
    return of(guardians.get(ward));
  }

  private static Set<Subject> of(Set<Subject> known) {
    return known == null ? Set.of() : Collections.unmodifiableSet(known);
  }

  /** Whether one more ward is one more than a guardian may have. */
  boolean isFull(Guardianship link) {
    final Set<Subject> known = wardsOf(link.guardian());
    return known.size() >= Guardianship.MAX_WARDS && !known.contains(link.ward());
  }

  void takeAll(GuardianBook others) {
    wards.putAll(others.wards);
    wards.keySet().retainAll(others.wards.keySet());
    guardians.putAll(others.guardians);
    guardians.keySet().retainAll(others.guardians.keySet());
  }

  void clear() {
    wards.clear();
    guardians.clear();
  }
}
