package gongbei.codec.signature;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignedParts;
import gongbei.codec.trust.EmbeddedCertificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustList;
import java.util.Objects;

/**
 * Finds out whose signatures decoded codes carry, of the keys of a trust list, together: {@link
 * #begin}, {@link #add} each, {@link #verify}, and ask for the {@link #signer} of each. Several
 * keys may have the same kid; the first of each code is tried with the batch, others one by one
 * where that fails. Allocates nothing but what the engine does. For one thread.
 */
public final class CodeSignatures {
  /** What {@link #add} answers for a code that names no key by 8 bytes. */
  public static final int NO_KID = -1;

  /** What {@link #add} answers for a code whose kid names no key that is trusted for its format. */
  public static final int NO_KEY = -2;

  private final SignatureEngine engine;
  private final SignatureBatch batch;
  private final HealthCode[] codes;
  private final int[] candidates;
  private final IssuerKey[] keys;
  private final EmbeddedCertificates embedded = new EmbeddedCertificates();
  private TrustList trust = TrustList.EMPTY;

  /**
   * @param engine its own, of the same thread
   * @param capacity the most codes together
   */
  public CodeSignatures(SignatureEngine engine, int capacity) {
    this.engine = Objects.requireNonNull(engine, "engine");
    batch = new SignatureBatch(capacity);
    codes = new HealthCode[capacity];
    candidates = new int[capacity];
    keys = new IssuerKey[capacity];
  }

  /** Forgets all codes; those that follow are held to that trust list. */
  public void begin(TrustList list) {
    trust = list;
    embedded.begin(list);
    batch.clear();
  }

  /**
   * Takes a code, which must stay as it is until its signer has been asked for.
   *
   * @return its index, or {@link #NO_KID} or {@link #NO_KEY}, and then it is not taken
   */
  public int add(HealthCode code) {
    final SignedParts parts = code.signed();
    if (!parts.hasKid()) {
      return NO_KID;
    }
    final int candidate = next(code, TrustList.NONE);
    final IssuerKey key = candidate == TrustList.NONE ? embedded(code) : trust.key(candidate);
    if (key == null) {
      return NO_KEY;
    }
    final int index =
        batch.add(
            key,
            parts.signed(),
            0,
            parts.signedLength(),
            parts.signature(),
            parts.signatureOffset(),
            parts.signatureLength());
    codes[index] = code;
    candidates[index] = candidate;
    keys[index] = key;
    return index;
  }

  /** The next key of the code's kid that is its issuer's. */
  private int next(HealthCode code, int after) {
    int candidate = after;
    do {
      candidate =
          trust.next(code.format(), code.signed().algorithm(), code.signed().kid(), candidate);
    } while (candidate != TrustList.NONE && !code.isOf(trust.key(candidate).issuer()));
    return candidate;
  }

  /** The key of the certificate that a seal carries, where an authority makes it trusted. */
  private IssuerKey embedded(HealthCode code) {
    if (code.format() != CodeFormat.VDS) {
      return null;
    }
    final IssuerKey key = embedded.find(code.seal(), code.signed().algorithm());
    return key == null || !code.isOf(key.issuer()) ? null : key;
  }

  /** Verifies the signatures of all codes, each by the first key of its kid. */
  public void verify() {
    engine.verify(batch);
  }

  /** Whether the first key of its kid has signed a code, as nearly always. */
  public boolean isOfFirstKey(int index) {
    return batch.outcome(index);
  }

  /** The key that has signed a code, or null where none that is trusted has. */
  public IssuerKey signer(int index) {
    if (batch.outcome(index)) {
      return keys[index];
    }
    int candidate = candidates[index];
    if (candidate == TrustList.NONE) {
      return null;
    }
    final HealthCode code = codes[index];
    final SignedParts parts = code.signed();
    while ((candidate = next(code, candidate)) != TrustList.NONE) {
      if (engine.verify(
          trust.key(candidate),
          parts.signed(),
          0,
          parts.signedLength(),
          parts.signature(),
          parts.signatureOffset(),
          parts.signatureLength())) {
        return trust.key(candidate);
      }
    }
    return null;
  }
}
