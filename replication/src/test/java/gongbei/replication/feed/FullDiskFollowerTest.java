package gongbei.replication.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand.SetStatus;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.context.MemberAddress;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import gongbei.testing.Patience;
import io.aeron.exceptions.AeronException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replica whose map met a page without room, which the JVM tells as an error of its own. */
final class FullDiskFollowerTest {
  private static final String NO_PAGE = "a fault occurred in an unsafe memory access operation";
  private static final MemberAddress MEMBER = new MemberAddress(0, "127.0.0.1", 1);

  @TempDir private Path directory;
  private final AtomicInteger asked = new AtomicInteger();

  private FeedFollower follower(StatusMap map, long lowStorageBytes) {
    final ReplicatedState state = new ReplicatedState(map);
    state.protocol(ReplicatedState.PROTOCOL);
    final DirectBuffer change =
        CommandBatches.encode(1, 1, 10, List.of(SetStatus.of(new Subject(1, 1)).build()));
    assertEquals(1, state.apply(change, 0, change.capacity()));
    final ClusterContext context =
        new ClusterContext()
            .directory(directory)
            .members(List.of(MEMBER))
            .lowStorageBytes(lowStorageBytes);
    return new FeedFollower(
        context,
        "127.0.0.1",
        () -> {
          if (asked.getAndIncrement() == 0) {
            throw new InternalError(NO_PAGE);
          }
          throw new AeronException("no driver");
        },
        state,
        true);
  }

  private static Thread started(FeedFollower follower) {
    final Thread thread = new Thread(follower, "follower");
    thread.start();
    return thread;
  }

  @Test
  void whereThereIsRoomItForgetsWhatWasAppliedInPartAndFollowsOn() throws Exception {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final FeedFollower follower = follower(map, 1);
      final Thread thread = started(follower);
      Patience.await("it asks for a driver again", () -> asked.get() > 1);
      assertEquals(1, follower.recoveries());
      assertFalse(follower.hasFailed());
      assertFalse(follower.isServing());
      assertEquals(0, map.version());
      follower.stop();
      thread.join();
    }
  }

  @Test
  void whileThereIsNoneItSaysWhyItFollowsNobodyAndEndsWhenItIsTold() throws Exception {
    try (StatusMap map = StatusMap.inMemory(10)) {
      final FeedFollower follower = follower(map, Long.MAX_VALUE / 4);
      final Thread thread = started(follower);
      Patience.await("it has failed", follower::hasFailed);
      assertTrue(
          follower.failure().orElse("").startsWith("the disk of " + directory + " is full"),
          follower.failure().orElse(""));
      assertEquals(1, map.version(), "what there is stays to be asked");
      follower.stop();
      thread.join();
      assertFalse(follower.isSound());
      assertEquals(0, follower.recoveries());
    }
  }
}
