package gongbei.codec.signature;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.curve.Curve;
import gongbei.codec.curve.FixedBaseTable;
import gongbei.codec.trust.Curves;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables of multiples that all {@link FixedBaseEngine}s share: of each curve's generator and of
 * each trusted key, as many as fit the bound on memory. They are computed by whoever loads a trust
 * list, so that no scan waits for one. Finding is for any thread.
 */
public final class KeyTables {
  /** How wide the windows of regions' keys and of generators are unless told otherwise. */
  public static final int DEFAULT_WIDE_BITS = 13;

  /** How wide the windows of other issuers' keys are unless told otherwise. */
  public static final int DEFAULT_NARROW_BITS = 8;

  /** The most memory of all keys' tables unless told otherwise: 256 MiB. */
  public static final long DEFAULT_MAX_BYTES = 256L << 20;

  private static final Logger LOGGER = LoggerFactory.getLogger(KeyTables.class);

  /**
   * The tables of generators by the width of their windows: no trust list changes them, so that all
   * nodes of a process share them.
   */
  private static final Map<Integer, Generators> GENERATORS = new ConcurrentHashMap<>();

  private record Generators(FixedBaseTable sm2, FixedBaseTable p256) {
    static Generators of(int bits) {
      return GENERATORS.computeIfAbsent(
          bits,
          absent ->
              new Generators(
                  FixedBaseTable.ofGenerator(Curve.SM2, bits),
                  FixedBaseTable.ofGenerator(Curve.P256, bits)));
    }
  }

  /** What verification has ready for a key. */
  static final class Entry {
    private final FixedBaseTable table;
    private final byte[] sm2Prefix;

    private Entry(FixedBaseTable table, byte[] sm2Prefix) {
      this.table = table;
      this.sm2Prefix = sm2Prefix;
    }

    /** The multiples of the key. */
    FixedBaseTable table() {
      return table;
    }

    /** Z of GB/T 32918.2 §5.5, which is hashed before an SM2 message; null for ES256. */
    byte[] sm2Prefix() {
      return sm2Prefix;
    }
  }

  private final int wideBits;
  private final int narrowBits;
  private final long maxBytes;
  private final Generators generators;
  private final int maxPointsOfSum;
  private final Map<ByteBuffer, Entry> entries = new ConcurrentHashMap<>();
  private volatile long generation;

  /** Tables of the default sizes, for no key yet. */
  public KeyTables() {
    this(DEFAULT_WIDE_BITS, DEFAULT_NARROW_BITS, DEFAULT_MAX_BYTES);
  }

  /**
   * @param wideBits windows of generators and of keys that sign GD1 or MO1, 4 to 16 bits
   * @param narrowBits windows of other keys, 4 to {@code wideBits} bits
   * @param maxBytes the most memory of all keys' tables; keys over it have none
   */
  public KeyTables(int wideBits, int narrowBits, long maxBytes) {
    if (narrowBits > wideBits) {
      throw new IllegalArgumentException("narrowBits is over wideBits");
    }
    this.wideBits = wideBits;
    this.narrowBits = narrowBits;
    this.maxBytes = maxBytes;
    generators = Generators.of(wideBits);
    maxPointsOfSum = FixedBaseTable.windowsOf(wideBits) + FixedBaseTable.windowsOf(narrowBits);
  }

  /** Tables for the keys of a list. */
  public static KeyTables of(TrustList list) {
    final KeyTables tables = new KeyTables();
    tables.prepare(list);
    return tables;
  }

  /**
   * Computes the tables that a trust list needs and lets go of those that it does not. Regions'
   * keys come first: where memory does not suffice for all, other issuers' are the ones without. To
   * be called before the list is put in force, by one thread at a time.
   */
  public void prepare(TrustList list) {
    final Map<ByteBuffer, IssuerKey> wanted = new LinkedHashMap<>();
    int without = 0;
    long bytes = 0;
    for (final boolean regional : new boolean[] {true, false}) {
      for (final IssuerKey key : list.keys()) {
        if (isEllipticAsItSays(key)
            && isRegional(key) == regional
            && !wanted.containsKey(nameOf(key))) {
          final long more = FixedBaseTable.memoryBytesOf(bitsOf(key));
          if (bytes + more <= maxBytes) {
            bytes += more;
            wanted.put(nameOf(key), key);
          } else {
            without++;
          }
        }
      }
    }
    entries.keySet().retainAll(wanted.keySet());
    // A key that is of another width now is let go of too, so that the bound holds throughout.
    entries
        .entrySet()
        .removeIf(
            entry ->
                entry.getValue().table().memoryBytes()
                    != FixedBaseTable.memoryBytesOf(bitsOf(wanted.get(entry.getKey()))));
    final long before = generation;
    generation = before + 1;
    wanted.forEach((name, key) -> entries.computeIfAbsent(name, absent -> entryFor(key)));
    if (without > 0) {
      LOGGER.warn(
          "{} keys have no table within {} bytes; Bouncy Castle verifies for them",
          without,
          maxBytes);
    }
  }

  private int bitsOf(IssuerKey key) {
    return isRegional(key) ? wideBits : narrowBits;
  }

  private Entry entryFor(IssuerKey key) {
    final ECPublicKeyParameters publicKey = (ECPublicKeyParameters) key.publicKey();
    final boolean isSm2 = isSm2(publicKey);
    final ECPoint point = publicKey.getQ().normalize();
    return new Entry(
        FixedBaseTable.of(
            isSm2 ? Curve.SM2 : Curve.P256,
            point.getAffineXCoord().toBigInteger(),
            point.getAffineYCoord().toBigInteger(),
            bitsOf(key)),
        isSm2 ? Sm2Identity.prefixOf(point) : null);
  }

  /** Whether the key is on the curve that its algorithm is of. */
  private static boolean isEllipticAsItSays(IssuerKey key) {
    return switch (key.algorithm()) {
      case SM2, ES256 ->
          key.publicKey() instanceof ECPublicKeyParameters publicKey
              && publicKey
                  .getParameters()
                  .equals(key.algorithm() == SignatureAlgorithm.SM2 ? Curves.SM2 : Curves.P256);
      case ES384, ES512, PS256 -> false;
    };
  }

  private static boolean isRegional(IssuerKey key) {
    return key.formats().contains(CodeFormat.GD1) || key.formats().contains(CodeFormat.MO1);
  }

  private static boolean isSm2(ECPublicKeyParameters key) {
    return key.getParameters().equals(Curves.SM2);
  }

  /** Which key it is: the byte of its curve and its point. */
  private static ByteBuffer nameOf(IssuerKey key) {
    final ECPublicKeyParameters publicKey = (ECPublicKeyParameters) key.publicKey();
    final byte[] point = publicKey.getQ().getEncoded(true);
    return ByteBuffer.allocate(1 + point.length)
        .put((byte) (isSm2(publicKey) ? 1 : 0))
        .put(point)
        .flip();
  }

  /** What is ready for a key, or null where nothing is. */
  Entry find(IssuerKey key) {
    return isEllipticAsItSays(key) ? entries.get(nameOf(key)) : null;
  }

  /** Changes when tables are let go of: what was found before is to be looked for again. */
  long generation() {
    return generation;
  }

  /** The table of a curve's generator. */
  FixedBaseTable generator(Curve curve) {
    return curve == Curve.SM2 ? generators.sm2() : generators.p256();
  }

  /** The most points that a multiple of a generator and one of a key are made of. */
  int maxPointsOfSum() {
    return maxPointsOfSum;
  }

  /** How many keys have a table. */
  public int size() {
    return entries.size();
  }

  /** The memory of all keys' tables in bytes. */
  public long memoryBytes() {
    return entries.values().stream().mapToLong(entry -> entry.table().memoryBytes()).sum();
  }
}
