package gongbei.replication.map;

import net.openhft.chronicle.algo.hashing.LongHashFunction;
import net.openhft.chronicle.core.Memory;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.impl.CompactOffHeapLinearHashTable;
import net.openhft.chronicle.hash.impl.VanillaChronicleHash;

/**
 * Prefetches the entries that the next lookups will read, so that they wait for memory together and
 * not one after the other. A lookup in a large map misses the caches twice, for the slot of its
 * hash and then for the entry: {@link #add} reads the slot and does not wait for it, {@link #fetch}
 * reads the entries of all slots. What is read here decides nothing, {@link StatusMap#get} does;
 * holders beyond a segment's first tier, which are few, are just not prefetched.
 *
 * <p>Allocates nothing once made. For one thread, beside any others.
 */
public final class LookAhead {
  private static final int MAX_STEPS = 8;

  /** Where the last word of an entry begins: half of all entries reach into a second line. */
  private static final long LAST_WORD = Subject.BYTES + StatusRecord.BYTES - Long.BYTES;

  /** Bytes of a tier's counters, which stand between its slots and its list of free chunks. */
  private static final long COUNTERS_BYTES = VanillaChronicleHash.TIER_COUNTERS_AREA_SIZE;

  private final VanillaChronicleHash<?, ?, ?, ?> hash;
  private final CompactOffHeapLinearHashTable slots;
  private final LongHashFunction hashing = LongHashFunction.xx_r39();
  private final Memory memory = OS.memory();
  private final long entriesOffset;
  private final long[] tiers;
  private final long[] positions;
  private final long[] keys;
  private final long[] found;
  private int size;
  private long seen;

  LookAhead(VanillaChronicleHash<?, ?, ?, ?> hash, int capacity) {
    this.hash = hash;
    slots = hash.hashLookup;
    entriesOffset =
        hash.tierHashLookupOuterSize
            + COUNTERS_BYTES
            + hash.tierFreeListOuterSize
            + hash.tierEntrySpaceInnerOffset;
    tiers = new long[capacity];
    positions = new long[capacity];
    keys = new long[capacity];
    found = new long[capacity];
  }

  /** Forgets the lookups. */
  public void clear() {
    size = 0;
  }

  /**
   * Takes a lookup that will follow; one over the capacity is ignored.
   *
   * @param buffer holds the 16 bytes of the subject at the offset
   */
  public void add(byte[] buffer, int offset) {
    if (size == keys.length) {
      return;
    }
    final long keyHash = hashing.hashBytes(buffer, offset, Subject.BYTES);
    final long key = slots.maskUnsetKey(hash.hashSplitting.segmentHash(keyHash));
    final int segment = hash.hashSplitting.segmentIndex(keyHash);
    final long tier = hash.segmentBaseAddr(segment);
    final long position = slots.hlPos(key);
    tiers[size] = tier;
    keys[size] = key;
    positions[size] = position;
    found[size] = slots.readEntry(tier, position);
    // The segment's lock is on a line of its own.
    seen += memory.readLong(hash.segmentHeaderAddress(segment));
    size++;
  }

  /** Reads the entries that the lookups will read. */
  public void fetch() {
    long read = 0;
    for (int i = 0; i < size; i++) {
      final long entry = entryAddress(i);
      if (entry != 0) {
        read += memory.readLong(entry) + memory.readLong(entry + LAST_WORD);
      }
    }
    // Kept, or the compiler would leave the reading out.
    seen += read;
  }

  /** Where the first entry of the lookup's hash is, or 0 where there is none in the first tier. */
  private long entryAddress(int index) {
    final long tier = tiers[index];
    long position = positions[index];
    long entry = found[index];
    for (int step = 0; step < MAX_STEPS && !slots.empty(entry); step++) {
      if (slots.key(entry) == keys[index]) {
        return tier + entriesOffset + slots.value(entry) * hash.chunkSize;
      }
      position = slots.step(position);
      entry = slots.readEntry(tier, position);
    }
    return 0;
  }

  /** Whether the first entry of the lookup's hash begins with these 16 bytes. */
  boolean isAt(int index, byte[] buffer, int offset) {
    final long entry = entryAddress(index);
    if (entry == 0) {
      return false;
    }
    for (int i = 0; i < Subject.BYTES; i++) {
      if (memory.readByte(entry + i) != buffer[offset + i]) {
        return false;
      }
    }
    return true;
  }

  /** The sum of what was read, which means nothing. */
  long seen() {
    return seen;
  }
}
