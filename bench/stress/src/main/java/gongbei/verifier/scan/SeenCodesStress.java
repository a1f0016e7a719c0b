package gongbei.verifier.scan;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** One code is shown at two places at once: exactly one of them is told of the other. */
@JCStressTest
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "The first place was first.")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "The second place was first.")
@Outcome(expect = Expect.FORBIDDEN, desc = "Neither place was told of the other, or both were.")
@State
public class SeenCodesStress {
  private static final int CAPACITY = 512;
  private static final long SERIAL = 7;
  private static final long NOW = 1_000;
  private static final long EXPIRES = 2_000;

  private final SeenCodes seen = new SeenCodes(CAPACITY, 1);

  /** Shows the code at the first place. */
  @Actor
  public void first(ZZ_Result result) {
    result.r1 = seen.isElsewhere(SERIAL, 1, EXPIRES, NOW);
  }

  /** Shows the code at the second place. */
  @Actor
  public void second(ZZ_Result result) {
    result.r2 = seen.isElsewhere(SERIAL, 2, EXPIRES, NOW);
  }
}
