package gongbei.verifier.revocation;

import gongbei.codec.code.CodeFormat;
import gongbei.verifier.limits.ClientLimits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All revoked hashes that are in force, to be looked up exactly: an answer is compared with all 128
 * bits of a hash. Immutable, shared by all threads, put in force as a whole. A look-up allocates
 * nothing.
 *
 * <p>The hashes stay where the log keeps them, 16 bytes each, and are not copied. Beside them is an
 * index of under 9 bytes a hash: buckets by the first bits of a hash, of some five entries each,
 * which have its next 32 bits and its place. So one of 2^32 entries is compared in vain, and a hash
 * that is in no list is mostly answered from two cache lines. No smaller exact set of its own is
 * possible: of 10,000,000 random hashes out of 2^128 there are log2 C(2^128, 10^7) bits, 13.3 bytes
 * each, 133 MB; whatever is smaller answers wrongly, or reads the rest elsewhere, as this does.
 */
public final class RevocationSet {
  private static final int SLOT_BITS = 12;
  private static final int SLOT_MASK = (1 << SLOT_BITS) - 1;
  private static final int HASHES_PER_BUCKET = 5;

  /** Nothing is revoked. */
  public static final RevocationSet NONE = new RevocationSet(List.of(), List.of());

  private final RevocationList[] lists;
  private final List<RevocationSource> sources;
  private final Map<CodeFormat, Long> expiries;
  private final int types;
  private final int bucketBits;
  private final int[] ends;

  /** Of each hash the 32 bits behind those of its bucket, then the 32 bits of its place. */
  private final long[] entries;

  private RevocationSet(List<RevocationList> all, List<RevocationSource> from) {
    lists = all.toArray(RevocationList[]::new);
    sources = List.copyOf(from);
    expiries = expiries(sources);
    int size = 0;
    int anyTypes = 0;
    for (final RevocationList list : lists) {
      size = Math.addExact(size, list.size());
      anyTypes |= list.types();
    }
    types = anyTypes;
    bucketBits = Integer.SIZE - Integer.numberOfLeadingZeros(size / HASHES_PER_BUCKET);
    ends = new int[(1 << bucketBits) + 1];
    entries = new long[size];
    fill();
  }

  private static Map<CodeFormat, Long> expiries(List<RevocationSource> sources) {
    final Map<CodeFormat, Long> earliest = new EnumMap<>(CodeFormat.class);
    for (final CodeFormat format : CodeFormat.values()) {
      earliest.put(
          format,
          sources.stream()
              .filter(each -> each.format().concerns(format))
              .mapToLong(RevocationSource::expiresAtEpochSeconds)
              .filter(expiry -> expiry != 0)
              .min()
              .orElse(Long.MAX_VALUE));
    }
    return earliest;
  }

  /** Counts the entries of each bucket, then puts each in its place: the order within is free. */
  private void fill() {
    for (final RevocationList list : lists) {
      for (int slot = 0; slot < list.size(); slot++) {
        ends[bucket(list.high(slot)) + 1]++;
      }
    }
    for (int i = 1; i < ends.length; i++) {
      ends[i] += ends[i - 1];
    }
    for (int i = 0; i < lists.length; i++) {
      final RevocationList list = lists[i];
      for (int slot = 0; slot < list.size(); slot++) {
        final long high = list.high(slot);
        final int at = ends[bucket(high)]++;
        entries[at] = tag(high) << Integer.SIZE | Integer.toUnsignedLong(i << SLOT_BITS | slot);
      }
    }
    // Each bucket's entry has come to stand where the next one begins: its end.
  }

  private int bucket(long high) {
    // A shift by 64 would be one by 0.
    return bucketBits == 0 ? 0 : (int) (high >>> (Long.SIZE - bucketBits));
  }

  private long tag(long high) {
    return (high << bucketBits) >>> Integer.SIZE;
  }

  /**
   * Reads what the log or a pack keeps.
   *
   * @param documents sources and lists by name; one of no bytes is withdrawn
   * @param before whose lists are taken over where their bytes are the same
   * @throws RevocationException where one can't be used: then none is
   */
  public static RevocationSet of(Map<String, byte[]> documents, RevocationSet before)
      throws RevocationException {
    final Map<String, RevocationList> known = new HashMap<>();
    for (final RevocationList list : before.lists) {
      known.put(list.name(), list);
    }
    final List<RevocationList> lists = new ArrayList<>();
    final List<RevocationSource> sources = new ArrayList<>();
    for (final Map.Entry<String, byte[]> each : new TreeMap<>(documents).entrySet()) {
      final String name = each.getKey();
      final byte[] content = each.getValue();
      if (content.length == 0) {
        continue;
      }
      if (RevocationSource.isName(name)) {
        sources.add(RevocationSource.read(name, content));
      } else if (RevocationSource.isListName(name)) {
        final RevocationList same = known.get(name);
        lists.add(
            same != null && same.content() == content ? same : RevocationList.read(name, content));
      } else {
        throw new RevocationException(name, "name", "is none of a source or its list");
      }
    }
    return of(lists, sources);
  }

  /**
   * Makes a set.
   *
   * @throws RevocationException where there are more lists than {@link
   *     ClientLimits#MAX_REVOCATION_LISTS}
   */
  public static RevocationSet of(
      Collection<RevocationList> lists, Collection<RevocationSource> sources)
      throws RevocationException {
    if (lists.size() > ClientLimits.MAX_REVOCATION_LISTS) {
      throw new RevocationException(
          "", "lists", "are more than " + ClientLimits.MAX_REVOCATION_LISTS);
    }
    return new RevocationSet(List.copyOf(lists), List.copyOf(sources));
  }

  /** The lists. */
  public List<RevocationList> lists() {
    return List.of(lists);
  }

  /** Where they come from. */
  public List<RevocationSource> sources() {
    return sources;
  }

  /** How many hashes there are. */
  public int size() {
    return entries.length;
  }

  /** The bytes of the lists, as they are kept. */
  public long listBytes() {
    long bytes = 0;
    for (final RevocationList list : lists) {
      bytes += list.content().length;
    }
    return bytes;
  }

  /** The bytes of the index. */
  public long indexBytes() {
    return (long) Long.BYTES * entries.length + (long) Integer.BYTES * ends.length;
  }

  /** Whether a list that concerns codes of a format is too old to rely on at a time. */
  public boolean isExpired(CodeFormat format, long atEpochSeconds) {
    return expiries.get(format) <= atEpochSeconds;
  }

  /** Whether any list has hashes made of that. */
  boolean has(RevocationType type) {
    return (types & type.bit()) != 0;
  }

  /** Whether a hash is in a list that counts for the code. */
  public boolean contains(RevocationType type, long high, long low, Presented code) {
    final int bucket = bucket(high);
    final long tag = tag(high);
    final int end = ends[bucket];
    for (int i = bucket == 0 ? 0 : ends[bucket - 1]; i < end; i++) {
      if (entries[i] >>> Integer.SIZE == tag) {
        final int place = (int) entries[i];
        final RevocationList list = lists[place >>> SLOT_BITS];
        final int slot = place & SLOT_MASK;
        if (list.isAt(slot, high, low) && list.counts(slot, type, code)) {
          return true;
        }
      }
    }
    return false;
  }
}
