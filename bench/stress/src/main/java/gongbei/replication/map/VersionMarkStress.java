package gongbei.replication.map;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/**
 * The applier changes version and digest, always to the same number, while another thread reads the
 * map's mark: what it reads fits together.
 */
@JCStressTest
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "Version and digest fit together.")
@Outcome(expect = Expect.FORBIDDEN, desc = "A version was read with the digest of another.")
@State
public class VersionMarkStress {
  /** One for all states: a map is dear to make, and only one thread at a time applies. */
  private static final StatusMap MAP = StatusMap.inMemory(64);

  private static long version;

  /** Applies a change. */
  @Actor
  public void apply() {
    version++;
    MAP.beginChange();
    MAP.version(version);
    MAP.addToDigest(1);
    MAP.endChange();
  }

  /** Reads the mark. */
  @Actor
  public void read(Z_Result result) {
    final StatusMap.Mark mark = MAP.mark();
    result.r1 = mark.version() == mark.digest();
  }
}
