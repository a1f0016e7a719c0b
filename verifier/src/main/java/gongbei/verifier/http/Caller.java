package gongbei.verifier.http;

import gongbei.verifier.access.Role;
import java.net.InetAddress;
import java.util.Set;

/**
 * Who asks.
 *
 * @param id tells callers apart: {@code key:ID}, {@code certificate:NAME} or {@code
 *     address:ADDRESS}
 * @param roles what they may do
 * @param isNamed whether they have shown who they are, by a key or a certificate
 */
record Caller(String id, Set<Role> roles, boolean isNamed) {
  private static final Set<Role> ALL = Set.of(Role.values());

  static Caller ofKey(String keyId, Set<Role> roles) {
    return new Caller("key:" + keyId, roles, true);
  }

  static Caller ofCertificate(String name) {
    return new Caller("certificate:" + name, Set.of(Role.AUTHORITY), true);
  }

  /** Somebody who has shown nothing. */
  static Caller ofAddress(InetAddress address, boolean mayAll) {
    return new Caller("address:" + address.getHostAddress(), mayAll ? ALL : Set.of(), false);
  }
}
