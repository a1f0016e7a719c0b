package gongbei.codec.trust;

import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.code.VdsSeal;
import java.util.Arrays;

/**
 * Finds the keys of the certificates that seals (VDS-NC) carry, by the authorities of a trust list,
 * and remembers the last {@value #REMEMBERED}: verifying a chain costs as much as a signature, and
 * the seals of a country carry few certificates. Looking up a remembered one allocates nothing. For
 * one thread.
 */
public final class EmbeddedCertificates {
  private static final int REMEMBERED = 256;
  private static final byte[] NOTHING = {};

  private final byte[][] certificates = new byte[REMEMBERED][];
  private final IssuerKey[] keys = new IssuerKey[REMEMBERED];
  private TrustList trust = TrustList.EMPTY;

  /** Trusts by that list from now on; what another one made trusted is forgotten. */
  public void begin(TrustList list) {
    if (trust != list) {
      trust = list;
      Arrays.fill(certificates, NOTHING);
      Arrays.fill(keys, null);
    }
  }

  /**
   * The key of the certificate in a seal, under the algorithm that the seal names.
   *
   * @return null where no authority makes it trusted
   */
  public IssuerKey find(VdsSeal seal, SignatureAlgorithm algorithm) {
    if (trust.authorities().isEmpty()) {
      return null;
    }
    final int place = (int) (seal.kid() & (REMEMBERED - 1));
    final byte[] known = certificates[place];
    if (known == null
        || !Arrays.equals(
            known, 0, known.length, seal.certificate(), 0, seal.certificateLength())) {
      final byte[] certificate = Arrays.copyOf(seal.certificate(), seal.certificateLength());
      keys[place] = keyOf(certificate);
      certificates[place] = certificate;
    }
    final IssuerKey key = keys[place];
    return key == null || key.algorithm() == algorithm ? key : key.under(algorithm);
  }

  private IssuerKey keyOf(byte[] certificate) {
    for (final TrustAuthority authority : trust.authorities()) {
      final IssuerKey key = Certificates.sealKey(certificate, authority);
      if (key != null) {
        return key;
      }
    }
    return null;
  }
}
