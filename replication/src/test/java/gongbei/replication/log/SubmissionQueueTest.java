package gongbei.replication.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Colour;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Nonce;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SubmissionQueueTest {
  private static final List<StatusCommand> CHANGE =
      List.of(StatusCommand.SetStatus.of(new Subject(1, 1)).colour(Colour.GREEN).build());

  private static Submission signed() {
    return Submission.of(new Nonce(new byte[DocumentCommand.NONCE_BYTES], 1, 1), CHANGE);
  }

  private static Submission numbered() {
    return Submission.of(new CommandLog.Origin(1, 1), CHANGE);
  }

  @Test
  void whatAnAuthorityHasSignedHasRoomAndGoesFirstHoweverMuchElseWaits() {
    final SubmissionQueue queue = new SubmissionQueue(8);
    for (int i = 0; i < 8; i++) {
      assertTrue(queue.offer(Submission.of(CHANGE)));
    }
    assertFalse(queue.offer(Submission.of(CHANGE)), "there is no room for more of these");
    final Submission signed = signed();
    final Submission numbered = numbered();
    assertTrue(queue.offer(signed));
    assertTrue(queue.offer(numbered));
    assertSame(signed, queue.poll());
    assertSame(numbered, queue.poll());
  }

  @Test
  void whatNodesWriteOfThemselvesDoesNotWaitForEver() {
    final SubmissionQueue queue = new SubmissionQueue(64);
    final List<Submission> own = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      own.add(Submission.of(CHANGE));
      queue.offer(own.get(i));
    }
    final List<Submission> taken = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      queue.offer(signed());
      taken.add(queue.poll());
    }
    taken.retainAll(own);
    assertEquals(own, taken, "one of four, in their order");
    while (!queue.isEmpty()) {
      queue.poll();
    }
    assertNull(queue.poll());
  }
}
