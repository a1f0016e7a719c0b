package gongbei.verifier.tls;

import java.math.BigInteger;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * Who a client is by its certificate, which the handshake has verified: the common name of its
 * subject, and what its authority has issued it for, the URIs {@code urn:gongbei:PURPOSE} among its
 * alternative names (RFC 5280 §4.2.1.6). A certificate without any is good for nothing here, so
 * that none that was issued for one end serves another. For any thread.
 */
public final class TlsPeer {
  /** What a scanner device's certificate is issued for. */
  public static final String DEVICE = "device";

  private static final String PURPOSE = "urn:gongbei:";
  private static final int URI_NAME = 6;

  private final String name;
  private final Set<String> purposes;
  private final List<BigInteger> serials;
  private final ServerTls tls;

  private TlsPeer(String name, Set<String> purposes, List<BigInteger> serials, ServerTls tls) {
    this.name = name;
    this.purposes = purposes;
    this.serials = serials;
    this.tls = tls;
  }

  /** The client of a chain, its own certificate first; none where that has no common name. */
  static Optional<TlsPeer> of(X509Certificate[] chain, ServerTls tls) {
    final X500Name subject = X500Name.getInstance(chain[0].getSubjectX500Principal().getEncoded());
    final RDN[] names = subject.getRDNs(BCStyle.CN);
    if (names.length == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new TlsPeer(
            IETFUtils.valueToString(names[0].getFirst().getValue()),
            purposesOf(chain[0]),
            serialsOf(chain),
            tls));
  }

  static List<BigInteger> serialsOf(X509Certificate[] chain) {
    final List<BigInteger> serials = new ArrayList<>(chain.length);
    for (final X509Certificate each : chain) {
      serials.add(each.getSerialNumber());
    }
    return serials;
  }

  private static Set<String> purposesOf(X509Certificate certificate) {
    final Set<String> purposes = new HashSet<>();
    try {
      final Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      for (final List<?> each : names == null ? List.<List<?>>of() : names) {
        if (Integer.valueOf(URI_NAME).equals(each.get(0))
            && each.get(1) instanceof String uri
            && uri.startsWith(PURPOSE)) {
          purposes.add(uri.substring(PURPOSE.length()));
        }
      }
    } catch (CertificateParsingException e) {
      // Names that can't be read say nothing that anybody may rely on.
      return Set.of();
    }
    return Set.copyOf(purposes);
  }

  /** The common name of its subject: a device's id or an authority's name. */
  public String name() {
    return name;
  }

  /** What it is issued for, as in {@code device} or {@code authority}. */
  public Set<String> purposes() {
    return purposes;
  }

  /** Whether its certificate, or one of those between it and its authority, is revoked by now. */
  public boolean isRevoked() {
    return tls.isRevoked(serials);
  }

  /** The name, which may be shown. */
  @Override
  public String toString() {
    return "TlsPeer[" + name + "]";
  }
}
