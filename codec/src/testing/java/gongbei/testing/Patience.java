package gongbei.testing;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Says how long tests wait for what is bound to come. It is far more than anything takes on a
 * machine that does much else at the same time, so that only a fault makes a test wait so long.
 */
public final class Patience {
  public static final int SECONDS = 240;
  public static final int MILLIS = SECONDS * 1_000;
  public static final long NANOS = TimeUnit.SECONDS.toNanos(SECONDS);
  public static final Duration DURATION = Duration.ofSeconds(SECONDS);

  private Patience() {}
}
