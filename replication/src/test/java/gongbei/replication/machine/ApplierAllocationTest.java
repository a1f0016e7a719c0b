package gongbei.replication.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import gongbei.codec.model.Colour;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.ground.Signers;
import gongbei.replication.log.Submission;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.Subject;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** The applier allocates for a message, and nothing for each of its commands. */
final class ApplierAllocationTest {
  private static final int HOLDERS = CommandBatches.MAX_COMMANDS;
  private static final int WARM_UP = 300;
  private static final int ROUNDS = 100;
  private static final int FIRST_MINUTE = 28_000_000;
  private static final int DAYS = 24 * 60;

  /** What is remembered of a batch for its client, and what the map's file needs: no command's. */
  private static final long MOST_A_MESSAGE = 2_000;

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private long next = 1;

  private UnsafeBuffer batch(int round) {
    final List<StatusCommand> commands = new ArrayList<>();
    for (int i = 0; i < HOLDERS; i++) {
      commands.add(
          StatusCommand.SetStatus.of(new Subject(i, ~i))
              .colour(Colour.ofNumber(1 + (round + i) % 2))
              .until(FIRST_MINUTE + 20 * DAYS + round)
              .next(Colour.GREEN)
              .origin(new ChangeOrigin(1 + i % 7, 40, 9))
              .build());
    }
    final UnsafeBuffer message = CommandBatches.encode(7, next, HOLDERS, commands);
    next += HOLDERS;
    return message;
  }

  @Test
  void aChangeWithGroundEndAndCeilingAllocatesNothing() {
    final Ground ground =
        new Ground(
            40,
            "local",
            EnumSet.allOf(Colour.class),
            new Ground.Term(60 * DAYS, true),
            Signers.ALL,
            new Ground.Ceiling(1_000_000, 1_000_000, true));
    try (StatusMap map = StatusMap.inMemory(HOLDERS)) {
      final ReplicatedState state = new ReplicatedState(map);
      state.protocol(ReplicatedState.PROTOCOL);
      final UnsafeBuffer table =
          Submission.of(DocumentCommand.grounds(GroundTable.of(1, List.of(ground))))
              .encode(8, 1, HOLDERS);
      state.apply(table, 0, table.capacity());
      final List<UnsafeBuffer> messages = new ArrayList<>();
      for (int round = 0; round < WARM_UP + ROUNDS; round++) {
        messages.add(batch(round));
      }
      long before = 0;
      for (int round = 0; round < messages.size(); round++) {
        if (round == WARM_UP) {
          before = thread.getCurrentThreadAllocatedBytes();
        }
        state.clusterTimeMillis((FIRST_MINUTE + round) * 60_000L);
        assertEquals(HOLDERS, state.apply(messages.get(round), 0, messages.get(round).capacity()));
      }
      final long allocated = thread.getCurrentThreadAllocatedBytes() - before;
      assertTrue(state.ceilings().size() > ROUNDS, "and what counts towards ceilings was counted");
      assertTrue(
          allocated < ROUNDS * MOST_A_MESSAGE,
          allocated + " bytes for " + ROUNDS + " messages of " + HOLDERS + " commands");
    }
  }
}
