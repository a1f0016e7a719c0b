package gongbei.codec.trust.published;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.TrustAuthority;
import gongbei.codec.trust.TrustException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts the certificates of a published list together: authorities by country, and signers whose
 * keys are trusted for {@code HC1}. Where a list has authorities of a signer's country, one of them
 * must have signed its certificate (hcert specification §5), or the last of the certificates that
 * stand beside it, of which each must have signed the one before (RFC 7517 §4.7). An authority that
 * can't be used is still one: it vouches for nobody. What can't be used is skipped by itself, and
 * named.
 */
final class ListedCertificates {
  private final Map<String, List<TrustAuthority>> authorities = new HashMap<>();
  private final List<Signer> signers = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();

  /**
   * A certificate that signs codes.
   *
   * @param name names it in messages
   * @param country as the list has it
   * @param kid as the list has it, or null for what the certificate's digest says
   * @param chain who has signed it, as the list says beside it
   */
  private record Signer(String name, String country, Long kid, byte[] der, List<byte[]> chain) {}

  private record Listed(ByteBuffer der, long kid) {}

  /** Notes that the list has an authority of a country, whether it can be used or not. */
  void expectAuthority(String country) {
    authorities.computeIfAbsent(country, none -> new ArrayList<>());
  }

  /** Takes an authority's certificate. */
  void addAuthority(String name, String country, byte[] der) {
    expectAuthority(country);
    try {
      authorities.get(country).add(TrustAuthority.of(name, der));
    } catch (TrustException e) {
      skipped.add(e.getMessage());
    }
  }

  /** Takes a signer's certificate: see {@link Signer}. */
  void addSigner(String name, String country, Long kid, byte[] der, List<byte[]> chain) {
    signers.add(new Signer(name, country, kid, der, List.copyOf(chain)));
  }

  /** Notes what can't be used. */
  void skip(String reason) {
    skipped.add(reason);
  }

  /** All authorities. */
  List<TrustAuthority> authorities() {
    return authorities.values().stream().flatMap(List::stream).distinct().toList();
  }

  /** What can't be used, each by its name with the reason; whole once {@link #keys} was asked. */
  List<String> skipped() {
    return skipped;
  }

  /** The keys of all signers that can be used, each once. */
  List<IssuerKey> keys() {
    final List<IssuerKey> keys = new ArrayList<>();
    final Set<Listed> listed = new HashSet<>();
    for (final Signer signer : signers) {
      try {
        Certificates.requireSigner(signer.name(), signer.der());
        final IssuerKey key = Certificates.pinned(signer.name(), signer.der(), CodeFormat.HC1);
        requireChain(signer);
        final long kid = signer.kid() == null ? key.kid() : signer.kid();
        if (listed.add(new Listed(ByteBuffer.wrap(signer.der()), kid))) {
          keys.add(withKid(key, kid));
        }
      } catch (TrustException e) {
        skipped.add(e.getMessage());
      }
    }
    return keys;
  }

  private static IssuerKey withKid(IssuerKey key, long kid) {
    return key.kid() == kid
        ? key
        : new IssuerKey(
            key.issuer(),
            kid,
            key.algorithm(),
            key.publicKey(),
            key.formats(),
            key.hcertTypes(),
            key.notBeforeEpochSeconds(),
            key.notAfterEpochSeconds());
  }

  private void requireChain(Signer signer) throws TrustException {
    byte[] last = signer.der();
    final List<TrustAuthority> ofCountry = authorities.get(signer.country());
    for (final byte[] der : signer.chain()) {
      final TrustAuthority next = TrustAuthority.of(signer.name() + " chain", der);
      requireSigned(
          signer, last, List.of(next), "is not signed by the next certificate of its chain");
      if (ofCountry != null && ofCountry.contains(next)) {
        return;
      }
      last = der;
    }
    if (ofCountry != null) {
      requireSigned(
          signer, last, ofCountry, "is signed by no authority that the list has of its country");
    }
  }

  /**
   * Requires that one of some authorities has signed a certificate. The list alone decides how long
   * a key counts (hcert specification §5.1), but who signs after the own certificate has ended is
   * no authority any more.
   */
  private static void requireSigned(
      Signer signer, byte[] der, List<TrustAuthority> candidates, String otherwise)
      throws TrustException {
    boolean isSigned = false;
    for (final TrustAuthority candidate : candidates) {
      if (candidate.hasSigned(signer.name(), der)) {
        isSigned = true;
        if (candidate.wasValidAtStartOf(signer.name(), der)) {
          return;
        }
      }
    }
    throw new TrustException(
        signer.name()
            + ": "
            + (isSigned ? "begins after the certificate of its authority has ended" : otherwise));
  }
}
