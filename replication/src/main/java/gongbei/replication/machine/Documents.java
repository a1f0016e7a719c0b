package gongbei.replication.machine;

import gongbei.replication.command.Appeal;
import gongbei.replication.command.Applied;
import gongbei.replication.command.CommandKind;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Guardianship;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.LittleEndian;
import gongbei.replication.map.StatusMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the log keeps beside the holders: links between subjects, groups, rulesets, the rules of
 * countries, the table of grounds, appeals, the switch of minting, lists of revoked foreign codes,
 * guardianships, each under a kind and a name, the last one put; and the newest nonces. It shares
 * in the map's digest. Writing is for the applier's thread, reading for any.
 */
public final class Documents {
  /** The most that are kept, but for nonces and appeals. */
  public static final int MAX_DOCUMENTS = 2_000_000;

  /** The most bytes of all names and documents together: 512 MiB. */
  public static final long MAX_BYTES = 512L << 20;

  private static final byte[] GROUNDS = GroundTable.NAME.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MINTING = MintingSwitch.NAME.getBytes(StandardCharsets.US_ASCII);

  private final ConcurrentHashMap<Name, Entry> entries = new ConcurrentHashMap<>();

  /** The lists of revoked foreign codes among them: they change one by one, and are many. */
  private final ConcurrentHashMap<String, byte[]> revocations = new ConcurrentHashMap<>();

  private final NonceStore nonces = new NonceStore();
  private final AppealBook appeals = new AppealBook();
  private final GuardianBook guardians = new GuardianBook();
  private final Name sought = new Name();
  private long bytes;

  private volatile Map<String, byte[]> rulesets = Map.of();
  private volatile Map<String, byte[]> nationalRules = Map.of();
  private volatile Runnable rulesetListener = () -> {};
  private volatile Runnable revocationListener = () -> {};
  private volatile GroundTable grounds = GroundTable.DEFAULT;
  private volatile MintingSwitch minting = MintingSwitch.NEVER_DEGRADED;

  /** A kind and a name: what stands in the map, and what looks it up. */
  private static final class Name {
    private int kind;
    private byte[] buffer;
    private int offset;
    private int length;
    private int hash;

    Name of(int ofKind, byte[] in, int at, int bytes) {
      kind = ofKind;
      buffer = in;
      offset = at;
      length = bytes;
      int mixed = ofKind;
      for (int i = at; i < at + bytes; i++) {
        mixed = 31 * mixed + in[i];
      }
      hash = mixed;
      return this;
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Name name
          && kind == name.kind
          && Arrays.equals(
              buffer, offset, offset + length, name.buffer, name.offset, name.offset + name.length);
    }
  }

  /**
   * One document.
   *
   * @param revision its author's number, or 0
   * @param version the command that put it
   */
  public record Entry(int kind, byte[] name, byte[] content, long revision, long version) {
    int bytes() {
      return name.length + content.length;
    }
  }

  /** Takes one entry. */
  public interface EntryAction {
    void accept(Entry entry);
  }

  /**
   * Puts a document.
   *
   * @return by how much the digest changes
   */
  public long put(Entry entry) {
    final Entry before = entries.put(nameOf(entry, new Name()), entry);
    bytes += entry.bytes() - (before == null ? 0 : before.bytes());
    if (entry.kind() == CommandKind.NONCE) {
      nonces.add(entry);
    } else if (entry.kind() == CommandKind.APPEAL) {
      Appeal.of(entry.name(), entry.content()).ifPresent(appeals::put);
    } else if (entry.kind() == CommandKind.REVOCATIONS) {
      revocations.put(new String(entry.name(), StandardCharsets.UTF_8), entry.content());
    } else if (entry.kind() == CommandKind.GUARDIAN) {
      if (before != null) {
        Guardianship.of(before.name(), before.content()).ifPresent(guardians::remove);
      }
      Guardianship.of(entry.name(), entry.content()).ifPresent(guardians::put);
    }
    return hash(entry) - (before == null ? 0 : hash(before));
  }

  /**
   * Why a nonce can't be taken: it is known, or may have been and been forgotten, or its author has
   * too many; null where it can.
   *
   * @param logMillis the log's time, since 1970; 0 where it is not known
   */
  Applied.Outcome faultOf(Entry nonce, long logMillis) {
    return entries.containsKey(nameOf(nonce, sought))
        ? Applied.Outcome.REPLAYED
        : nonces.fault(nonce, logMillis);
  }

  /** The version that a nonce was put at; 0 where it is not known. */
  long versionOf(Entry nonce) {
    final Entry known = entries.get(nameOf(nonce, sought));
    return known == null ? 0 : known.version();
  }

  /**
   * Puts a nonce that is not taken; those make room for it that are past their time.
   *
   * @param logMillis the log's time, since 1970; 0 where it is not known
   * @param version from which on its change was applied
   * @return by how much the digest changes
   */
  long putNonce(Entry nonce, long logMillis, long version) {
    final Entry taken = nonces.taken(nonce, logMillis, version);
    long change = 0;
    for (Entry oldest = nonces.dueBefore(taken); oldest != null; oldest = nonces.dueBefore(taken)) {
      nonces.remove(oldest);
      change += remove(oldest);
    }
    return change + put(taken);
  }

  private long remove(Entry entry) {
    entries.remove(nameOf(entry, sought));
    bytes -= entry.bytes();
    return -hash(entry);
  }

  /** The appeals among them. */
  public AppealBook appeals() {
    return appeals;
  }

  /** Who may show whose codes. */
  public GuardianBook guardians() {
    return guardians;
  }

  /**
   * Forgets the appeals that were decided long ago.
   *
   * @param epochSeconds the log's time
   * @return by how much the digest changes
   */
  long forgetAppeals(long epochSeconds) {
    long change = 0;
    for (Optional<Appeal> past = appeals.pastAt(epochSeconds);
        past.isPresent();
        past = appeals.pastAt(epochSeconds)) {
      final byte[] name = Appeal.nameOf(past.get().version());
      appeals.remove(past.get());
      change += remove(entries.get(sought.of(CommandKind.APPEAL, name, 0, name.length)));
    }
    return change;
  }

  private static Name nameOf(Entry entry, Name into) {
    return into.of(entry.kind(), entry.name(), 0, entry.name().length);
  }

  /** Whether what is there has a revision, and one that is no less. */
  boolean isSuperseded(Entry entry) {
    final Entry before = entries.get(nameOf(entry, sought));
    return before != null && before.revision() > 0 && before.revision() >= entry.revision();
  }

  /**
   * Lets others see the rulesets and the rules of countries as they are now, and tells who listens:
   * after each change, and not while a snapshot is being read.
   */
  public void publishRulesets() {
    final Map<String, byte[]> own = new TreeMap<>();
    final Map<String, byte[]> national = new TreeMap<>();
    for (final Entry entry : entries.values()) {
      if (entry.kind() == CommandKind.RULESET) {
        own.put(new String(entry.name(), StandardCharsets.UTF_8), entry.content());
      } else if (entry.kind() == CommandKind.NATIONAL_RULES) {
        national.put(new String(entry.name(), StandardCharsets.UTF_8), entry.content());
      }
    }
    rulesets = Collections.unmodifiableMap(own);
    nationalRules = Collections.unmodifiableMap(national);
    rulesetListener.run();
  }

  /**
   * Has the table of grounds count from now on that stands here: after each change, and when a
   * snapshot has been read.
   *
   * @throws IllegalArgumentException where what stands here is none
   */
  public void publishGrounds() {
    final Entry entry = entries.get(sought.of(CommandKind.GROUNDS, GROUNDS, 0, GROUNDS.length));
    grounds =
        entry == null ? GroundTable.DEFAULT : GroundTable.parse(entry.content(), entry.revision());
  }

  /**
   * Has the switch of minting count from now on that stands here: after each change, and when a
   * snapshot has been read.
   */
  public void publishMinting() {
    final Entry entry = entries.get(sought.of(CommandKind.MINTING, MINTING, 0, MINTING.length));
    minting =
        entry == null
            ? MintingSwitch.NEVER_DEGRADED
            : MintingSwitch.of(entry.content(), entry.revision())
                .orElse(MintingSwitch.NEVER_DEGRADED);
  }

  /** Whether minting is degraded, as the log says. For any thread. */
  public MintingSwitch minting() {
    return minting;
  }

  /**
   * Tells who listens that {@link #revocations} has changed: after each change, and when a snapshot
   * has been read.
   */
  public void publishRevocations() {
    revocationListener.run();
  }

  /**
   * The lists of revoked foreign codes by name, as they are while they are read; of no bytes where
   * one is withdrawn. Not to be changed: see {@link DocumentCommand#revocations}.
   */
  public Map<String, byte[]> revocations() {
    return Collections.unmodifiableMap(revocations);
  }

  /**
   * Has a listener told when {@link #revocations} has changed.
   *
   * @param listener run on the applier's thread: it must return at once and throw nothing
   */
  public void onRevocations(Runnable listener) {
    revocationListener = listener;
  }

  /** The table of grounds that counts. */
  public GroundTable grounds() {
    return grounds;
  }

  /**
   * The rules of countries and the value sets, by name, as they were last whole: see {@link
   * DocumentCommand#nationalRules}.
   */
  public Map<String, byte[]> nationalRules() {
    return nationalRules;
  }

  /** The rulesets by name, as they were last whole: see {@link DocumentCommand#ruleset}. */
  public Map<String, byte[]> rulesets() {
    return rulesets;
  }

  /**
   * Has a listener told when {@link #rulesets} or {@link #nationalRules} has changed.
   *
   * @param listener run on the applier's thread: it must return at once and throw nothing
   */
  public void onRulesets(Runnable listener) {
    rulesetListener = listener;
  }

  boolean hasRoomFor(Entry entry) {
    final Entry before = entries.get(nameOf(entry, sought));
    final int more = entry.bytes() - (before == null ? 0 : before.bytes());
    return (before != null || entries.size() - nonces.size() - appeals.size() < MAX_DOCUMENTS)
        && (more <= 0 || bytes + more <= MAX_BYTES);
  }

  /** The content of a document, or null where there is none. Allocates. */
  public byte[] find(DocumentCommand.Kind kind, byte[] name) {
    final byte[] content = finder().find(kind, name, 0, name.length);
    return content == null ? null : content.clone();
  }

  /** What looks documents up for one thread, waits for nobody and allocates nothing. */
  public Finder finder() {
    return new Finder();
  }

  /** Looks documents up. For one thread. */
  public final class Finder {
    private final Name name = new Name();

    private Finder() {}

    /**
     * The content of a document as it is kept, not to be changed; null where there is none.
     *
     * @param buffer holds the name at the offset
     */
    public byte[] find(DocumentCommand.Kind kind, byte[] buffer, int offset, int length) {
      final Entry entry = entries.get(name.of(kind.code(), buffer, offset, length));
      return entry == null ? null : entry.content();
    }
  }

  /** How many there are. */
  public int size() {
    return entries.size();
  }

  /**
   * Holds from now on what others held, which hold nothing then. Whoever looks something up
   * meanwhile finds it as it was or as it is.
   *
   * @return by how much the digest changes
   */
  public long takeAll(Documents others) {
    final long before = digest();
    entries.putAll(others.entries);
    entries.keySet().retainAll(others.entries.keySet());
    bytes = others.bytes;
    nonces.takeAll(others.nonces);
    appeals.takeAll(others.appeals);
    revocations.putAll(others.revocations);
    revocations.keySet().retainAll(others.revocations.keySet());
    guardians.takeAll(others.guardians);
    others.clear();
    return digest() - before;
  }

  void clear() {
    entries.clear();
    nonces.clear();
    appeals.clear();
    revocations.clear();
    guardians.clear();
    bytes = 0;
    grounds = GroundTable.DEFAULT;
    minting = MintingSwitch.NEVER_DEGRADED;
  }

  public void forEach(EntryAction action) {
    entries.values().forEach(action::accept);
  }

  /** The digest of all, computed anew. */
  public long digest() {
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
