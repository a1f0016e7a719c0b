package gongbei.verifier.node;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Where the time of a node's start went, from when its JVM began. For the thread that starts it.
 */
public final class StartTimes {
  private static final double MILLIS_A_SECOND = 1e3;

  private final long beganMillis;
  private final List<String> steps = new ArrayList<>();
  private long doneMillis;

  private StartTimes(long beganMillis) {
    this.beganMillis = beganMillis;
    doneMillis = beganMillis;
  }

  /** Begins where the JVM began. */
  static StartTimes ofThisProcess() {
    return new StartTimes(ManagementFactory.getRuntimeMXBean().getStartTime());
  }

  /** Notes that a step is done, which began when the one before was. */
  public void done(String step) {
    final long now = System.currentTimeMillis();
    steps.add(step + " " + seconds(now - doneMillis));
    doneMillis = now;
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.2f s", millis / MILLIS_A_SECOND);
  }

  /** Says it in a line. */
  @Override
  public String toString() {
    return "Serving "
        + seconds(doneMillis - beganMillis)
        + " after the JVM began: "
        + String.join(", ", steps);
  }
}
