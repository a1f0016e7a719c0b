package gongbei.codec.signature;

import gongbei.codec.curve.Curve;
import gongbei.codec.curve.FixedBaseTable;
import gongbei.codec.curve.PointSums;
import gongbei.codec.curve.ScalarInverses;
import gongbei.codec.curve.Words;
import gongbei.codec.trust.IssuerKey;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * Verifies SM2 (GB/T 32918.2 §7) and ES256 on P-256 (FIPS 186-5 §6.4.2) by tables of multiples of
 * the generator and of each issuer's key, and what comes as a batch in lockstep. What it has no
 * table for, which is PS256, ECDSA on other curves or with other hashes, and a key whose table is
 * not ready, Bouncy Castle verifies. Allocates nothing in steady state but what Bouncy Castle does.
 * For one thread; the tables are shared.
 */
public final class FixedBaseEngine implements SignatureEngine {
  /** The most signatures that are computed in lockstep; larger batches are cut. */
  public static final int LOCKSTEP = 64;

  private static final int SIGNATURE_BYTES = 64;
  private static final int MAX_PREPARED_KEYS = 4_096;

  private final KeyTables tables;
  private final BouncyCastleEngine library = new BouncyCastleEngine();
  private final IdentityHashMap<IssuerKey, KeyTables.Entry> known = new IdentityHashMap<>();
  private long generation;
  private final SignatureBatch single = new SignatureBatch(1);
  private final Sm3 sm3 = new Sm3();
  private final MessageDigest sha256;
  private final byte[] hash = new byte[Sm3.DIGEST_BYTES];
  private final Lockstep sm2;
  private final Lockstep es256;
  private final ScalarInverses inverses = new ScalarInverses(Curve.P256, LOCKSTEP);

  /** Verifies with tables shared by all engines. */
  public FixedBaseEngine(KeyTables tables) {
    this.tables = tables;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
    sm2 = new Lockstep(Curve.SM2, tables);
    es256 = new Lockstep(Curve.P256, tables);
  }

  @Override
  public boolean verify(
      IssuerKey key,
      byte[] message,
      int messageOffset,
      int messageLength,
      byte[] signature,
      int signatureOffset,
      int signatureLength) {
    single.clear();
    single.add(
        key, message, messageOffset, messageLength, signature, signatureOffset, signatureLength);
    verify(single);
    return single.outcome(0);
  }

  @Override
  public void verify(SignatureBatch batch) {
    if (generation != tables.generation()) {
      generation = tables.generation();
      known.clear();
    }
    for (int i = 0; i < batch.size(); i++) {
      final IssuerKey key = batch.key(i);
      batch.outcome(i, false);
      final KeyTables.Entry entry = entryOf(key);
      if (entry == null) {
        library.verify(batch, i);
      } else if (entry.table().curve() == Curve.SM2) {
        takeSm2(batch, i, entry);
        if (sm2.isFull()) {
          finishSm2(batch);
        }
      } else {
        takeEs256(batch, i, entry);
        if (es256.isFull()) {
          finishEs256(batch);
        }
      }
    }
    finishSm2(batch);
    finishEs256(batch);
  }

  /** The key's table, or null while there is none. */
  private KeyTables.Entry entryOf(IssuerKey key) {
    KeyTables.Entry entry = known.get(key);
    if (entry == null) {
      entry = tables.find(key);
      if (entry != null) {
        if (known.size() == MAX_PREPARED_KEYS) {
          known.clear();
        }
        known.put(key, entry);
      }
    }
    return entry;
  }

  /** t = r + s modulo the order must not be 0; then s·G + t·Q is to have the x of r − e. */
  private void takeSm2(SignatureBatch batch, int index, KeyTables.Entry entry) {
    final int lane = sm2.take(batch, index, entry);
    if (lane < 0) {
      return;
    }
    final int at = lane * Words.COUNT;
    final long[] order = Curve.SM2.orderWords();
    final long carry = Words.add(sm2.second, at, sm2.r, at, sm2.s, at);
    if (carry != 0 || Words.compare(sm2.second, at, order, 0) >= 0) {
      Words.subtract(sm2.second, at, sm2.second, at, order, 0);
    }
    if (Words.isZero(sm2.second, at)) {
      sm2.drop();
      return;
    }
    sm3.update(entry.sm2Prefix(), 0, Sm3.DIGEST_BYTES);
    sm3.update(batch.message(index), batch.messageOffset(index), batch.messageLength(index));
    sm3.digest(hash, 0);
    Words.read(sm2.e, at, hash, 0);
    reduce(sm2.e, at, order);
    if (Words.subtract(sm2.x, at, sm2.r, at, sm2.e, at) != 0) {
      Words.add(sm2.x, at, sm2.x, at, order, 0);
    }
  }

  private void finishSm2(SignatureBatch batch) {
    sm2.sum(batch, sm2.s, sm2.second);
  }

  /** With w = 1/s: (e·w)·G + (r·w)·Q is to have the x of r. */
  private void takeEs256(SignatureBatch batch, int index, KeyTables.Entry entry) {
    final int lane = es256.take(batch, index, entry);
    if (lane < 0) {
      return;
    }
    final int at = lane * Words.COUNT;
    sha256.update(batch.message(index), batch.messageOffset(index), batch.messageLength(index));
    try {
      sha256.digest(hash, 0, hash.length);
    } catch (DigestException e) {
      throw new IllegalStateException("SHA-256 is not of 32 bytes", e);
    }
    Words.read(es256.e, at, hash, 0);
    reduce(es256.e, at, Curve.P256.orderWords());
    System.arraycopy(es256.r, at, es256.x, at, Words.COUNT);
  }

  private void finishEs256(SignatureBatch batch) {
    inverses.divide(es256.e, es256.r, es256.s, es256.size);
    es256.sum(batch, es256.e, es256.r);
  }

  /** A number under 2²⁵⁶ modulo the order, which is over half of that. */
  private static void reduce(long[] words, int offset, long[] order) {
    if (Words.compare(words, offset, order, 0) >= 0) {
      Words.subtract(words, offset, words, offset, order, 0);
    }
  }

  /** The signatures of one curve that are computed together, as a structure of arrays. */
  private static final class Lockstep {
    private final Curve curve;
    private final FixedBaseTable generator;
    private final PointSums sums;
    private final long[] r = new long[LOCKSTEP * Words.COUNT];
    private final long[] s = new long[LOCKSTEP * Words.COUNT];
    private final long[] e = new long[LOCKSTEP * Words.COUNT];
    private final long[] second = new long[LOCKSTEP * Words.COUNT];
    private final long[] x = new long[LOCKSTEP * Words.COUNT];
    private final int[] indices = new int[LOCKSTEP];
    private final FixedBaseTable[] keys = new FixedBaseTable[LOCKSTEP];
    private int size;

    Lockstep(Curve curve, KeyTables tables) {
      this.curve = curve;
      generator = tables.generator(curve);
      sums = new PointSums(curve, LOCKSTEP, tables.maxPointsOfSum());
    }

    boolean isFull() {
      return size == LOCKSTEP;
    }

    /**
     * Takes a signature's r and s in.
     *
     * @return its lane, or −1 where they are not from 1 to the order less 1, which is invalid
     */
    int take(SignatureBatch batch, int index, KeyTables.Entry entry) {
      if (batch.signatureLength(index) != SIGNATURE_BYTES) {
        return -1;
      }
      final int at = size * Words.COUNT;
      final int offset = batch.signatureOffset(index);
      Words.read(r, at, batch.signature(index), offset);
      Words.read(s, at, batch.signature(index), offset + SIGNATURE_BYTES / 2);
      if (!curve.isScalar(r, at) || !curve.isScalar(s, at)) {
        return -1;
      }
      indices[size] = index;
      keys[size] = entry.table();
      return size++;
    }

    /** Gives up the signature taken last. */
    void drop() {
      size--;
    }

    /** Computes u·G + v·Q for all, sets their outcomes and starts anew. */
    void sum(SignatureBatch batch, long[] u, long[] v) {
      if (size == 0) {
        return;
      }
      sums.clear();
      for (int lane = 0; lane < size; lane++) {
        sums.begin();
        sums.add(generator, u, lane * Words.COUNT);
        sums.add(keys[lane], v, lane * Words.COUNT);
      }
      sums.compute();
      for (int lane = 0; lane < size; lane++) {
        batch.outcome(indices[lane], sums.isX(lane, x, lane * Words.COUNT));
      }
      Arrays.fill(keys, 0, size, null);
      size = 0;
    }
  }
}
