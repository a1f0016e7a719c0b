package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;

/**
 * The issuer keys trusted at one moment: immutable, shared by all threads, searched without
 * allocation. Several keys may share a {@code kid}; {@link #next} walks through them all. A key of
 * ECDSA is found by each of ECDSA's algorithms that its formats permit.
 */
public final class TrustList {
  /** What {@link #next} answers where no further key fits. */
  public static final int NONE = -1;

  /** Trusts nobody. */
  public static final TrustList EMPTY = new TrustList(List.of());

  private final List<TrustAuthority> authorities;
  private final List<IssuerKey> keys;
  private final IssuerKey[] candidates;
  private final long[] kids;

  /** Trusts those keys and no authority. */
  public TrustList(List<IssuerKey> keys) {
    this(keys, List.of());
  }

  /**
   * Trusts keys, and whoever an authority's certificate makes trusted: the signers of seals, whose
   * certificates the seals carry.
   */
  public TrustList(List<IssuerKey> keys, List<TrustAuthority> authorities) {
    this.authorities = List.copyOf(authorities);
    this.keys = keys.stream().sorted(Comparator.comparingLong(IssuerKey::kid)).toList();
    candidates =
        this.keys.stream()
            .flatMap(key -> key.underEachAlgorithm().stream())
            .toArray(IssuerKey[]::new);
    kids = Arrays.stream(candidates).mapToLong(IssuerKey::kid).toArray();
  }

  /**
   * The next key that may have signed a code.
   *
   * @param after the index that the last call answered, or {@link #NONE} to start
   * @return an index for {@link #key}, or {@link #NONE}
   */
  public int next(CodeFormat format, SignatureAlgorithm algorithm, long kid, int after) {
    int index = after == NONE ? firstOf(kid) : after + 1;
    for (; index < kids.length && kids[index] == kid; index++) {
      final IssuerKey key = candidates[index];
      if (key.algorithm() == algorithm && key.formats().contains(format)) {
        return index;
      }
    }
    return NONE;
  }

  /** The key at an index that {@link #next} answered, under the algorithm that was asked for. */
  public IssuerKey key(int index) {
    return candidates[index];
  }

  /** The first key of that kid, whatever it signs, or null where there is none. */
  public IssuerKey find(long kid) {
    final int index = firstOf(kid);
    return index < kids.length && kids[index] == kid ? candidates[index] : null;
  }

  /** Whether codes of a format are trusted that a private key of this public one signs. */
  public boolean trusts(IssuerKey key, CodeFormat format) {
    for (int index = next(format, key.algorithm(), key.kid(), NONE);
        index != NONE;
        index = next(format, key.algorithm(), key.kid(), index)) {
      if (isSame(candidates[index].publicKey(), key.publicKey())) {
        return true;
      }
    }
    return false;
  }

  static boolean isSame(AsymmetricKeyParameter one, AsymmetricKeyParameter other) {
    if (one instanceof ECPublicKeyParameters a && other instanceof ECPublicKeyParameters b) {
      return a.getParameters().equals(b.getParameters()) && a.getQ().equals(b.getQ());
    }
    return one instanceof RSAKeyParameters a
        && other instanceof RSAKeyParameters b
        && a.getModulus().equals(b.getModulus())
        && a.getExponent().equals(b.getExponent());
  }

  /** How many keys are trusted. */
  public int size() {
    return keys.size();
  }

  /** The authorities that are trusted to name the signers of seals. */
  public List<TrustAuthority> authorities() {
    return authorities;
  }

  /** All keys, in the order of their kids. */
  public List<IssuerKey> keys() {
    return keys;
  }

  private int firstOf(long kid) {
    int low = 0;
    int high = kids.length;
    while (low < high) {
      final int middle = (low + high) >>> 1;
      if (kids[middle] < kid) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
