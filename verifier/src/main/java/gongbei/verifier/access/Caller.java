package gongbei.verifier.access;

import gongbei.verifier.tls.TlsPeer;
import java.net.InetAddress;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks.
 *
 * @param id tells callers apart: {@code key:ID}, {@code certificate:NAME} or {@code
 *     address:ADDRESS}
 * @param roles what they may do
 * @param isNamed whether they have shown who they are, by a key or a certificate
 * @param peer who the connection's client is by its certificate
 */
public record Caller(String id, Set<Role> roles, boolean isNamed, Optional<TlsPeer> peer) {
  private static final Set<Role> ALL = Set.of(Role.values());

  /** Somebody who has shown no certificate. */
  public Caller(String id, Set<Role> roles, boolean isNamed) {
    this(id, roles, isNamed, Optional.empty());
  }

  public static Caller ofKey(String keyId, Set<Role> roles) {
    return new Caller("key:" + keyId, roles, true);
  }

  /** Somebody with a certificate, who may do what it was issued for. */
  public static Caller ofCertificate(TlsPeer peer) {
    final EnumSet<Role> roles = EnumSet.noneOf(Role.class);
    for (final Role role : Role.values()) {
      if (peer.purposes().contains(role.wireName())) {
        roles.add(role);
      }
    }
    return new Caller("certificate:" + peer.name(), roles, true, Optional.of(peer));
  }

  /** Whether the certificate that the connection was made by counts no more. */
  public boolean isRevoked() {
    return peer.isPresent() && peer.get().isRevoked();
  }

  /** Somebody who has shown nothing. */
  public static Caller ofAddress(InetAddress address, boolean mayAll) {
    return new Caller("address:" + address.getHostAddress(), mayAll ? ALL : Set.of(), false);
  }
}
