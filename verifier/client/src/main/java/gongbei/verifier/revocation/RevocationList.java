package gongbei.verifier.revocation;

import gongbei.verifier.limits.ClientLimits;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/**
 * One revocation list as the log and offline packs keep it: a head, and hashes in ascending order.
 * It reads its bytes where they are and copies none of them. Immutable, for any thread.
 *
 * <pre>
 * 'R'   version: 1   types: 1 byte, a bit each   flags: 1 byte (1 kid known, 2 entries have times)
 * country: 2 bytes, 0 for any   0 0   kid: 8 bytes   expiresAt: int64, epoch seconds, 0 for never
 * entries: 16 bytes of hash, and where they have times an int64 of epoch seconds
 * </pre>
 *
 * (Numbers are big-endian.) An entry with a time revokes what was issued before it.
 */
public final class RevocationList {
  /** The bytes of a hash: 128 bits. */
  public static final int HASH_BYTES = 16;

  /** The time of an entry that revokes whatever its time of issue. */
  public static final long ANY_TIME = Long.MAX_VALUE;

  static final int HEAD_BYTES = 24;
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private static final int VERSION = 1;
  private static final int KID_KNOWN = 1;
  private static final int WITH_TIMES = 2;
  private static final int TYPES_AT = 2;
  private static final int FLAGS_AT = 3;
  private static final int COUNTRY_AT = 4;
  private static final int KID_AT = 8;
  private static final int EXPIRES_AT = 16;
  private static final int ALL_TYPES = (1 << RevocationType.values().length) - 1;

  private final String name;
  private final byte[] content;
  private final int types;
  private final boolean hasKid;
  private final long kid;
  private final String country;
  private final long expiresAtEpochSeconds;
  private final int entryBytes;

  /** A hash of 128 bits, ordered as its bytes are. */
  public record Hash(long high, long low) implements Comparable<Hash> {
    /** The hash in the first 16 bytes at an offset. */
    public static Hash of(byte[] bytes, int offset) {
      return new Hash((long) LONG.get(bytes, offset), (long) LONG.get(bytes, offset + Long.BYTES));
    }

    @Override
    public int compareTo(Hash other) {
      final int order = Long.compareUnsigned(high, other.high);
      return order == 0 ? Long.compareUnsigned(low, other.low) : order;
    }
  }

  private RevocationList(String name, byte[] content) {
    this.name = name;
    this.content = content;
    types = content[TYPES_AT];
    hasKid = (content[FLAGS_AT] & KID_KNOWN) != 0;
    kid = (long) LONG.get(content, KID_AT);
    country =
        content[COUNTRY_AT] == 0
            ? ""
            : new String(content, COUNTRY_AT, 2, StandardCharsets.US_ASCII);
    expiresAtEpochSeconds = (long) LONG.get(content, EXPIRES_AT);
    entryBytes = entryBytes(content);
  }

  private static int entryBytes(byte[] content) {
    return (content[FLAGS_AT] & WITH_TIMES) != 0 ? HASH_BYTES + Long.BYTES : HASH_BYTES;
  }

  /** The most entries of a list that is kept as one document. */
  public static int maxEntries(boolean withTimes) {
    return (ClientLimits.MAX_REVOCATION_LIST_BYTES - HEAD_BYTES)
        / (withTimes ? HASH_BYTES + Long.BYTES : HASH_BYTES);
  }

  /**
   * Writes a list.
   *
   * @param entries hashes, each with the time before which it revokes, or all {@link #ANY_TIME}
   * @throws IllegalArgumentException where there are none, or more than {@link #maxEntries}
   */
  public static byte[] write(RevocationScope scope, SortedMap<Hash, Long> entries) {
    final boolean withTimes = entries.values().stream().anyMatch(time -> time != ANY_TIME);
    if (entries.isEmpty() || entries.size() > maxEntries(withTimes)) {
      throw new IllegalArgumentException("entries are not from 1 to " + maxEntries(withTimes));
    }
    int types = 0;
    for (final RevocationType type : scope.types()) {
      types |= type.bit();
    }
    final ByteBuffer content =
        ByteBuffer.allocate(
            HEAD_BYTES + entries.size() * (withTimes ? HASH_BYTES + Long.BYTES : HASH_BYTES));
    content
        .put((byte) 'R')
        .put((byte) VERSION)
        .put((byte) types)
        .put((byte) ((scope.kid().isPresent() ? KID_KNOWN : 0) | (withTimes ? WITH_TIMES : 0)))
        .put(
            scope.country().isEmpty()
                ? new byte[2]
                : scope.country().getBytes(StandardCharsets.US_ASCII))
        .putShort((short) 0)
        .putLong(scope.kid().orElse(0))
        .putLong(scope.expiresAtEpochSeconds());
    for (final Map.Entry<Hash, Long> entry : entries.entrySet()) {
      content.putLong(entry.getKey().high()).putLong(entry.getKey().low());
      if (withTimes) {
        content.putLong(entry.getValue());
      }
    }
    return content.array();
  }

  /**
   * Reads a list strictly.
   *
   * @param content not copied, not to be changed
   */
  public static RevocationList read(String name, byte[] content) throws RevocationException {
    if (content.length < HEAD_BYTES || content[0] != 'R') {
      throw new RevocationException(name, "content", "does not begin as a revocation list");
    }
    if (content[1] != VERSION) {
      throw new RevocationException(name, "version", "is " + content[1] + ", not " + VERSION);
    }
    if (content.length > ClientLimits.MAX_REVOCATION_LIST_BYTES) {
      throw new RevocationException(
          name, "content", "is longer than " + ClientLimits.MAX_REVOCATION_LIST_BYTES + " bytes");
    }
    if (content[TYPES_AT] <= 0 || content[TYPES_AT] > ALL_TYPES) {
      throw new RevocationException(name, "types", "are none that are known");
    }
    requireHead(name, content);
    final int bytes = entryBytes(content);
    if (content.length == HEAD_BYTES || (content.length - HEAD_BYTES) % bytes != 0) {
      throw new RevocationException(name, "entries", "are none, or not whole");
    }
    final RevocationList list = new RevocationList(name, content);
    if (list.expiresAtEpochSeconds < 0) {
      throw new RevocationException(name, "expiresAt", "is before 1970");
    }
    for (int i = 1; i < list.size(); i++) {
      if (list.hash(i - 1).compareTo(list.hash(i)) >= 0) {
        throw new RevocationException(name, "entries[" + i + "]", "is not over the hash before it");
      }
    }
    return list;
  }

  private static void requireHead(String name, byte[] content) throws RevocationException {
    final int flags = content[FLAGS_AT];
    if ((flags & ~(KID_KNOWN | WITH_TIMES)) != 0 || content[6] != 0 || content[7] != 0) {
      throw new RevocationException(name, "flags", "are none that are known");
    }
    if ((flags & KID_KNOWN) == 0 && (long) LONG.get(content, KID_AT) != 0) {
      throw new RevocationException(name, "kid", "is there and not known");
    }
    final boolean isAny = content[COUNTRY_AT] == 0 && content[COUNTRY_AT + 1] == 0;
    if (!isAny && !(isCapital(content[COUNTRY_AT]) && isCapital(content[COUNTRY_AT + 1]))) {
      throw new RevocationException(name, "country", "is not two capitals");
    }
  }

  private static boolean isCapital(byte letter) {
    return letter >= 'A' && letter <= 'Z';
  }

  /** The name that it is kept under. */
  public String name() {
    return name;
  }

  /** Which codes it is about. */
  public RevocationScope scope() {
    final Set<RevocationType> all = EnumSet.noneOf(RevocationType.class);
    for (final RevocationType type : RevocationType.values()) {
      if ((types & type.bit()) != 0) {
        all.add(type);
      }
    }
    return new RevocationScope(
        all, country, hasKid ? OptionalLong.of(kid) : OptionalLong.empty(), expiresAtEpochSeconds);
  }

  /** How many hashes it has. */
  public int size() {
    return (content.length - HEAD_BYTES) / entryBytes;
  }

  /** A hash by its place. Allocates. */
  public Hash hash(int index) {
    return Hash.of(content, HEAD_BYTES + index * entryBytes);
  }

  /** The bytes that it is kept as, not to be changed. */
  public byte[] content() {
    return content;
  }

  int types() {
    return types;
  }

  /** Whether the hash at a place is the one asked for, all 128 bits of it. */
  boolean isAt(int index, long high, long low) {
    final int offset = HEAD_BYTES + index * entryBytes;
    return (long) LONG.get(content, offset) == high
        && (long) LONG.get(content, offset + Long.BYTES) == low;
  }

  /** The first half of the hash at a place. */
  long high(int index) {
    return (long) LONG.get(content, HEAD_BYTES + index * entryBytes);
  }

  /** Whether it revokes nothing any more at a time: for a code, that of the scan. */
  public boolean isExpired(long atEpochSeconds) {
    return expiresAtEpochSeconds != 0 && expiresAtEpochSeconds <= atEpochSeconds;
  }

  /**
   * Whether the entry at a place counts for a code.
   *
   * @param type what the hash that was asked for is made of
   */
  boolean counts(int index, RevocationType type, Presented code) {
    if ((types & type.bit()) == 0 || isExpired(code.at)) {
      return false;
    }
    final boolean isOfSigner =
        hasKid ? kid == code.kid : country.isEmpty() || country.equals(code.country);
    return isOfSigner
        && (entryBytes == HASH_BYTES
            || code.issuedAt
                < (long) LONG.get(content, HEAD_BYTES + index * entryBytes + HASH_BYTES));
  }
}
