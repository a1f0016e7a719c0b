package gongbei.verifier.revocation;

import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Which codes a revocation list is about. Immutable.
 *
 * @param types what its hashes may be made of, one at least
 * @param country two letters: where the key is not known, codes of this country alone; empty for
 *     any
 * @param kid the first 8 bytes of the key's id; empty where it is not known
 * @param expiresAtEpochSeconds from when on it revokes nothing any more; 0 for never
 */
public record RevocationScope(
    Set<RevocationType> types, String country, OptionalLong kid, long expiresAtEpochSeconds) {
  public RevocationScope {
    types = Set.copyOf(EnumSet.copyOf(types));
    if (!country.isEmpty() && !country.matches("[A-Z]{2}")) {
      throw new IllegalArgumentException("country is not two capitals");
    }
    if (expiresAtEpochSeconds < 0) {
      throw new IllegalArgumentException("expiresAt is before 1970");
    }
  }
}
