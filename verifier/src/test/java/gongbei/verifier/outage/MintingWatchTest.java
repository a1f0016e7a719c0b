package gongbei.verifier.outage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.MintingSwitch;
import gongbei.replication.command.MintingSwitch.Author;
import gongbei.replication.log.LocalCommandLog;
import gongbei.replication.map.StatusMap;
import gongbei.testing.Patience;
import gongbei.verifier.outage.MintingSource.Health;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a node says in the log that minting is degraded, and when it takes that back. */
final class MintingWatchTest {
  private static final int AFTER = 10;
  private static final int MARGIN = 77;

  private final StatusMap map = StatusMap.inMemory(10);
  private final LocalCommandLog log = new LocalCommandLog(map);
  private long now = System.currentTimeMillis() / 1_000 - 1_000;
  private Health own = Health.WORKING;
  private Health other = Health.WORKING;
  private MintingWatch watch;

  @BeforeEach
  void begin() {
    watch = watch(Optional.of(() -> own), AFTER);
  }

  private MintingWatch watch(Optional<MintingSource> ownMinting, int after) {
    return new MintingWatch(
        new MintingWatch.Context(log, ownMinting, List.of(() -> other), after, MARGIN, () -> now));
  }

  @AfterEach
  void close() {
    log.close();
    map.close();
  }

  private MintingSwitch said() {
    return log.documents().minting();
  }

  /** Lets seconds go by, a look in each. */
  private void pass(int seconds) throws Exception {
    for (int i = 0; i < seconds; i++) {
      watch.look();
      now++;
    }
    watch.look();
  }

  private void awaitDegraded(boolean isDegraded) throws Exception {
    Patience.await(
        "degraded: " + isDegraded,
        () -> said().revision() > 0 && said().isDegraded() == isDegraded);
  }

  private void say(MintingSwitch next) {
    log.submit(DocumentCommand.minting(next)).join();
  }

  @Test
  void itIsDegradedOnceAllHaveFailedForLongEnoughAndSinceTheyDid() throws Exception {
    own = Health.FAILING;
    pass(3 * AFTER);
    assertEquals(0, said().revision(), "one of two still mints");
    assertEquals(1, watch.failing());
    other = Health.FAILING;
    final long since = now;
    pass(AFTER - 1);
    assertEquals(0, said().revision(), "not long enough");
    pass(1);
    awaitDegraded(true);
    assertEquals(since, said().period().sinceEpochSeconds());
    assertEquals(Author.NODES, said().author());
    pass(2 * AFTER);
    assertEquals(1, said().revision(), "it is said once");
  }

  @Test
  void aMomentInWhichOneMintsBeginsTheTimeAnew() throws Exception {
    own = Health.FAILING;
    other = Health.FAILING;
    pass(AFTER - 1);
    other = Health.WORKING;
    pass(1);
    other = Health.FAILING;
    pass(AFTER - 1);
    assertEquals(0, said().revision());
  }

  @Test
  void itIsRestoredOnceOneHasMintedForLongEnough() throws Exception {
    own = Health.FAILING;
    other = Health.FAILING;
    pass(AFTER);
    awaitDegraded(true);
    own = Health.WORKING;
    pass(AFTER - 1);
    assertTrue(said().isDegraded());
    pass(1);
    awaitDegraded(false);
    assertEquals(MARGIN, said().period().marginSeconds());
    assertTrue(said().period().covers(said().period().untilEpochSeconds() + MARGIN - 1));
  }

  @Test
  void whatAnAuthorityHasSaidNoNodeTakesBack() throws Exception {
    say(said().degraded(Author.AUTHORITY, now));
    pass(5 * AFTER);
    assertTrue(said().isDegraded(), "though minting works");
    own = Health.FAILING;
    other = Health.FAILING;
    pass(AFTER + 1);
    say(said().restored(Author.AUTHORITY, now, 0));
    pass(5 * AFTER);
    assertFalse(said().isDegraded(), "though minting fails");
    own = Health.WORKING;
    pass(1);
    own = Health.FAILING;
    pass(AFTER);
    awaitDegraded(true);
  }

  @Test
  void whoHasNotBeenAskedYetIsNotTakenToFail() throws Exception {
    own = Health.FAILING;
    other = Health.UNKNOWN;
    pass(5 * AFTER);
    assertEquals(0, said().revision());
  }

  @Test
  void aNodeThatIsNotToSayAnythingOnlyLooks() throws Exception {
    watch = watch(Optional.empty(), 0);
    other = Health.FAILING;
    pass(5 * AFTER);
    assertEquals(0, said().revision());
    assertFalse(watch.isOwnWorking());
    assertEquals(1, watch.failing());
  }
}
