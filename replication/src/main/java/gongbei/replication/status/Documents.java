package gongbei.replication.status;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the log keeps beside the holders: links between subjects, groups, rulesets; each under a
 * kind and a name, the last one put. It shares in the map's digest. Writing is for the applier's
 * thread, reading for any.
 */
public final class Documents {
  /** The most that are kept. */
  public static final int MAX_DOCUMENTS = 2_000_000;

  /** The most bytes of a name. */
  public static final int MAX_NAME_BYTES = 64;

  /** The most bytes of a document. */
  public static final int MAX_CONTENT_BYTES = 60_000;

  /** The most bytes of all names and documents together: 512 MiB. */
  public static final long MAX_BYTES = 512L << 20;

  private final Map<Key, Entry> entries = new LinkedHashMap<>();
  private long bytes;

  private volatile Map<String, byte[]> rulesets = Map.of();
  private volatile Runnable rulesetListener = () -> {};

  private record Key(int kind, ByteBuffer name) {}

  /**
   * One document.
   *
   * @param revision its author's number, or 0
   * @param version the command that put it
   */
  record Entry(int kind, byte[] name, byte[] content, long revision, long version) {
    int bytes() {
      return name.length + content.length;
    }
  }

  /** Takes one entry. */
  interface EntryAction {
    void accept(Entry entry);
  }

  /**
   * Puts a document.
   *
   * @return by how much the digest changes
   */
  synchronized long put(Entry entry) {
    final Entry before = entries.put(new Key(entry.kind(), ByteBuffer.wrap(entry.name())), entry);
    bytes += entry.bytes() - (before == null ? 0 : before.bytes());
    return hash(entry) - (before == null ? 0 : hash(before));
  }

  /** Whether what is there has a revision, and one that is no less. */
  synchronized boolean isSuperseded(Entry entry) {
    final Entry before = entries.get(new Key(entry.kind(), ByteBuffer.wrap(entry.name())));
    return before != null && before.revision() > 0 && before.revision() >= entry.revision();
  }

  /**
   * Lets others see the rulesets as they are now, and tells who listens: after each change, and not
   * while a snapshot is being read.
   */
  void publishRulesets() {
    final Map<String, byte[]> seen = new TreeMap<>();
    synchronized (this) {
      for (final Entry entry : entries.values()) {
        if (entry.kind() == CommandKind.RULESET) {
          seen.put(new String(entry.name(), StandardCharsets.UTF_8), entry.content());
        }
      }
    }
    rulesets = Collections.unmodifiableMap(seen);
    rulesetListener.run();
  }

  /** The rulesets by name, as they were last whole: see {@link DocumentCommand#ruleset}. */
  public Map<String, byte[]> rulesets() {
    return rulesets;
  }

  /**
   * Has a listener told when {@link #rulesets} has changed.
   *
   * @param listener run on the applier's thread: it must return at once and throw nothing
   */
  public void onRulesets(Runnable listener) {
    rulesetListener = listener;
  }

  synchronized boolean hasRoomFor(Entry entry) {
    final Entry before = entries.get(new Key(entry.kind(), ByteBuffer.wrap(entry.name())));
    final int more = entry.bytes() - (before == null ? 0 : before.bytes());
    return (before != null || entries.size() < MAX_DOCUMENTS)
        && (more <= 0 || bytes + more <= MAX_BYTES);
  }

  /** The content of a document, or null where there is none. Allocates. */
  public synchronized byte[] find(DocumentCommand.Kind kind, byte[] name) {
    final Entry entry = entries.get(new Key(kind.code(), ByteBuffer.wrap(name)));
    return entry == null ? null : entry.content().clone();
  }

  /** How many there are. */
  public synchronized int size() {
    return entries.size();
  }

  /**
   * Holds from now on what others held, which hold nothing then.
   *
   * @return by how much the digest changes
   */
  synchronized long takeAll(Documents others) {
    final long before = digest();
    entries.clear();
    entries.putAll(others.entries);
    bytes = others.bytes;
    others.clear();
    return digest() - before;
  }

  synchronized void clear() {
    entries.clear();
    bytes = 0;
  }

  synchronized void forEach(EntryAction action) {
    entries.values().forEach(action::accept);
  }

  /** The digest of all, computed anew. */
  synchronized long digest() {
    long sum = 0;
    for (final Entry entry : entries.values()) {
      sum += hash(entry);
    }
    return sum;
  }

  private static long hash(Entry entry) {
    long hash = StatusMap.stir(entry.kind() ^ entry.version() << 8);
    hash = StatusMap.stir(hash ^ entry.revision());
    hash = hash(hash, entry.name());
    return hash(hash, entry.content());
  }

  private static long hash(long start, byte[] bytes) {
    long hash = StatusMap.stir(start ^ bytes.length);
    int at = 0;
    for (; at + 8 <= bytes.length; at += 8) {
      hash = StatusMap.stir(hash ^ (long) LittleEndian.LONG.get(bytes, at));
    }
    for (; at < bytes.length; at++) {
      hash = StatusMap.stir(hash ^ bytes[at]);
    }
    return hash;
  }
}
