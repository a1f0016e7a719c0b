package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.bench.setup.HistoryBed;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TransparencyException;
import gongbei.replication.history.PublishedHistory;
import gongbei.testing.BriefJvm;
import gongbei.testing.FreePorts;
import gongbei.testing.OneJdk;
import gongbei.verifier.cli.Gongbei;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history of a node that runs in a process of its own and is killed by kill -9. */
@OneJdk
final class HistoryKillTest {
  private static final int RESIDENTS = 200;
  private static final int WRITES_A_SECOND = 400;
  private static final Duration CALM = Duration.ofMillis(1_500);

  @TempDir private Path directory;

  /** The node is of the classes under test, with what this JVM was let open. */
  private static List<String> launch() {
    final List<String> command = BriefJvm.ofTheseClasses();
    command.addAll(List.of("-Xmx256m", Gongbei.class.getName(), "serve"));
    return command;
  }

  private HistoryKill kill(HistoryBed bed) throws Exception {
    return new HistoryKill(bed, launch(), FreePorts.inARow(1), WRITES_A_SECOND);
  }

  private Path transparency() {
    return directory.resolve("data").resolve("transparency");
  }

  @Test
  void aKilledNodesTreeGoesOnFromItsLastHeadWithEachAcknowledgedWriteOnce() throws Exception {
    final HistoryBed bed = HistoryBed.make(directory, RESIDENTS, 0);
    final HistoryKill.Result result;
    try (HistoryKill kill = kill(bed)) {
      result = kill.run(CALM);
    }
    assertTrue(result.before().head().size() > 0, result::toString);
    assertTrue(result.acknowledgedBefore() > 0, result::toString);
    assertTrue(result.acknowledged() > result.acknowledgedBefore(), result::toString);
    final HistoryCheck.Summary whole =
        HistoryCheck.check(
            PublishedHistory.read(transparency()),
            List.of(bed.issuer().issuerKey()),
            HistoryCheck.EntrySink.NONE);
    assertEquals(
        result.acknowledged() + ClusterFixture.DOCUMENTS,
        whole.entries(),
        "writes that were sent again after kill -9 are there once");
  }

  /** As after a restore from an older backup: the files of the history alone are the newer ones. */
  @Test
  void aKilledNodeWhoseLogIsAnotherSaysThatItsTreeCantBeRebuilt() throws Exception {
    final HistoryBed bed = HistoryBed.make(directory, RESIDENTS, 0);
    final SignedHead before;
    try (HistoryKill kill = kill(bed)) {
      kill.begin();
      ClusterFixture.await("a head is over some writes", () -> sizeOf(kill) > 2 * RESIDENTS);
      before = kill.head();
      kill.kill();
    }
    try (Stream<Path> files = Files.list(directory.resolve("data"))) {
      for (final Path each : files.filter(file -> !file.equals(transparency())).toList()) {
        ClusterFixture.delete(each);
      }
    }
    try (HistoryKill kill = kill(bed)) {
      kill.begin();
      ClusterFixture.await("the node says why", () -> !faultOf(kill).isEmpty());
      assertEquals("fork", faultOf(kill));
      assertEquals(before.note(), kill.head().note(), "no head is signed of another history");
    }
  }

  private static long sizeOf(HistoryKill kill) {
    try {
      return kill.head().head().size();
    } catch (IOException | TransparencyException e) {
      return 0;
    }
  }

  private static String faultOf(HistoryKill kill) throws InterruptedException {
    try {
      return kill.fault();
    } catch (IOException e) {
      return "";
    }
  }
}
