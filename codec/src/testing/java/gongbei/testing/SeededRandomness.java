package gongbei.testing;

import java.security.Security;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Has every test class and every test draw the numbers of {@code SecureRandom} from {@link Seeds},
 * each from a sequence of its own, so that it draws the same whatever ran before it. Where a test
 * fails, its report names the seed.
 */
public final class SeededRandomness implements LauncherSessionListener, TestExecutionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Security.getProvider("gongbei-testing") == null) {
      Security.insertProviderAt(new SeededProvider(), 1);
      SeededProvider.begin(Seeds.seed());
    }
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    SeededProvider.begin(Seeds.of(test.getUniqueId()));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    result
        .getThrowable()
        .ifPresent(
            failure -> {
              if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                failure.addSuppressed(new SeedOfFailure());
              }
            });
  }

  /** Names the seed beneath a failure, where every report of it shows it. */
  private static final class SeedOfFailure extends Exception {
    private static final long serialVersionUID = 1L;

    SeedOfFailure() {
      super("drawn with -D" + Seeds.PROPERTY + "=" + Seeds.seed(), null, false, false);
    }
  }
}
