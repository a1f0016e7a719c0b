package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gongbei.testing.SecretFile;
import io.aeron.security.Authenticator;
import io.aeron.security.SessionProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let into a cluster's log and archives. */
final class ClusterSecretTest {
  private static final String TEXT = "a secret of the test";
  private static final long NOW_MILLIS = 0;

  private final ClusterSecret secret = new ClusterSecret(TEXT.getBytes(StandardCharsets.UTF_8));
  private final ClusterSecret other =
      new ClusterSecret("another secret of it".getBytes(StandardCharsets.UTF_8));
  private final Authenticator gate = secret.get();

  /** What a server makes of one session. */
  private static final class Session implements SessionProxy {
    private final long id;
    private byte[] challenge;
    private String state = "waiting";

    Session(long id) {
      this.id = id;
    }

    @Override
    public long sessionId() {
      return id;
    }

    @Override
    public boolean challenge(byte[] encodedChallenge) {
      challenge = encodedChallenge;
      state = "challenged";
      return true;
    }

    @Override
    public boolean authenticate(byte[] encodedPrincipal) {
      state = "let in";
      return true;
    }

    @Override
    public void reject() {
      state = "rejected";
    }
  }

  private Session connect(long id, byte[] credentials) {
    final Session session = new Session(id);
    gate.onConnectRequest(id, credentials, NOW_MILLIS);
    gate.onConnectedSession(session, NOW_MILLIS);
    return session;
  }

  private void answer(Session session, byte[] answer) {
    gate.onChallengeResponse(session.sessionId(), answer, NOW_MILLIS);
    gate.onChallengedSession(session, NOW_MILLIS);
  }

  @Test
  void whoKnowsTheSecretIsLetInAfterAChallenge() {
    final Session session = connect(1, secret.encodedCredentials());
    assertEquals("challenged", session.state);
    answer(session, secret.onChallenge(session.challenge));
    assertEquals("let in", session.state);
  }

  @Test
  void whoKnowsAnotherSecretOrNoneIsRejected() {
    final Session stranger = connect(1, other.encodedCredentials());
    answer(stranger, other.onChallenge(stranger.challenge));
    assertEquals("rejected", stranger.state);
    final Session silent = connect(2, new byte[0]);
    answer(silent, new byte[0]);
    assertEquals("rejected", silent.state);
    final Session eager = connect(3, TEXT.getBytes(StandardCharsets.UTF_8));
    answer(eager, TEXT.getBytes(StandardCharsets.UTF_8));
    assertEquals("rejected", eager.state);
  }

  @Test
  void anAnswerThatSomebodyHasRecordedServesNoSecondSession() {
    final Session first = connect(1, new byte[0]);
    final byte[] recorded = secret.onChallenge(first.challenge);
    answer(first, recorded);
    final Session second = connect(2, new byte[0]);
    assertFalse(Arrays.equals(first.challenge, second.challenge));
    answer(second, recorded);
    assertEquals("rejected", second.state);
    final Session again = connect(1, new byte[0]);
    answer(again, recorded);
    assertEquals("rejected", again.state, "the session's number alone is no proof");
    final Session unasked = new Session(4);
    answer(unasked, recorded);
    assertEquals("rejected", unasked.state);
  }

  @Test
  void aSecretOfAFileEndsBeforeItsWhiteSpace(@TempDir Path directory) throws Exception {
    final byte[] challenge = {1, 2, 3};
    final Path file = SecretFile.write(directory.resolve("secret"), TEXT + " \n");
    assertArrayEquals(
        secret.onChallenge(challenge), ClusterSecret.ofFile(file).onChallenge(challenge));
    Files.writeString(file, "too short\n");
    assertThrows(IllegalArgumentException.class, () -> ClusterSecret.ofFile(file));
  }

  @Test
  void aSecretThatOthersCanReadIsRefused(@TempDir Path directory) throws Exception {
    final Path file = SecretFile.write(directory.resolve("secret"), TEXT);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertEquals(
        "others can read it (mode 0640), and it is secret: chmod 600",
        assertThrows(FileSystemException.class, () -> ClusterSecret.ofFile(file)).getReason());
  }
}
