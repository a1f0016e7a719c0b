package gongbei.verifier.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gongbei.verifier.net.ConnectionLimiter;
import gongbei.verifier.server.ClientDeadline.Late;
import org.junit.jupiter.api.Test;

final class ClientDeadlineTest {
  private static final long MESSAGE = 10;
  private static final long IDLE = 60;

  /** The clock's largest number comes while a test runs; no constant, which may not overflow. */
  private static final long OPENED = Long.parseLong("9223372036854775777");

  private final ClientDeadline deadline = new ClientDeadline(MESSAGE, IDLE, OPENED);

  @Test
  void aClientThatSendsNothingIsIdleAfterAWhile() {
    assertEquals(Late.NOTHING, deadline.look(OPENED + IDLE));
    assertEquals(Late.IDLE, deadline.look(OPENED + IDLE + 1), "past the clock's largest number");
    deadline.progress(OPENED + IDLE);
    assertEquals(Late.NOTHING, deadline.look(OPENED + IDLE + 1));
    assertEquals(OPENED + IDLE, deadline.idleSinceNanos());
  }

  @Test
  void aMessageIsLateByItsFirstByteWhateverComesAfterIt() {
    deadline.messageComes(OPENED);
    deadline.messageComes(OPENED + MESSAGE);
    deadline.progress(OPENED + MESSAGE);
    assertEquals(Late.NOTHING, deadline.look(OPENED + MESSAGE));
    assertEquals(Late.MESSAGE, deadline.look(OPENED + MESSAGE + 1));
    deadline.messageIsWhole();
    assertEquals(Late.NOTHING, deadline.look(OPENED + MESSAGE + 1));
    deadline.messageComes(OPENED + MESSAGE + 1);
    assertEquals(Late.NOTHING, deadline.look(OPENED + 2 * MESSAGE + 1), "the next has its own");
  }

  @Test
  void noTimeRunsWhileTheNodeOwesTheAnswer() {
    deadline.messageComes(OPENED);
    deadline.answerIsOwed();
    assertEquals(Late.NOTHING, deadline.look(OPENED + 10 * IDLE));
    assertEquals(ConnectionLimiter.NOT_IDLE, deadline.idleSinceNanos());
    deadline.answerIsGiven(OPENED + 10 * IDLE);
    assertEquals(Late.NOTHING, deadline.look(OPENED + 10 * IDLE + MESSAGE));
    assertEquals(Late.MESSAGE, deadline.look(OPENED + 10 * IDLE + MESSAGE + 1));
  }
}
