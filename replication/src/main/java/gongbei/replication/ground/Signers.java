package gongbei.replication.ground;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Which authorities may use a ground, and whether two must sign. Immutable. */
public final class Signers {
  /** Every authority, and one signature is enough. */
  public static final Signers ALL = of(List.of(), false);

  /** The most authorities that a ground names. */
  public static final int MAX_AUTHORITIES = 256;

  private final long[] sorted;
  private final boolean wantsSecond;

  private Signers(long[] sorted, boolean wantsSecond) {
    this.sorted = sorted;
    this.wantsSecond = wantsSecond;
  }

  /**
   * Makes them.
   *
   * @param authorities the ids of their keys; empty for all
   * @param wantsSecond whether a second of them must sign
   * @throws IllegalArgumentException where they are too many, one is 0, or one is given twice
   */
  public static Signers of(Collection<Long> authorities, boolean wantsSecond) {
    Ground.requireRange("authorities", authorities.size(), 0, MAX_AUTHORITIES);
    final long[] sorted = authorities.stream().mapToLong(Long::longValue).sorted().toArray();
    for (int i = 0; i < sorted.length; i++) {
      if (sorted[i] == 0 || (i > 0 && sorted[i] == sorted[i - 1])) {
        throw new IllegalArgumentException("authorities holds 0, or one of them twice");
      }
    }
    return new Signers(sorted, wantsSecond);
  }

  /** Whether an authority may use the ground. Allocates nothing. */
  public boolean allows(long authority) {
    return sorted.length == 0 || Arrays.binarySearch(sorted, authority) >= 0;
  }

  /** Whether a second authority must sign. */
  public boolean wantsSecond() {
    return wantsSecond;
  }

  /** The ids of those who may use the ground; empty for all. */
  public List<Long> authorities() {
    return Arrays.stream(sorted).boxed().toList();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Signers signers
        && wantsSecond == signers.wantsSecond
        && Arrays.equals(sorted, signers.sorted);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(sorted) * 2 + (wantsSecond ? 1 : 0);
  }

  @Override
  public String toString() {
    return "Signers[" + sorted.length + " authorities, wantsSecond=" + wantsSecond + "]";
  }
}
