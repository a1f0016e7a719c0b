package gongbei.replication.cluster;

import io.aeron.security.Authenticator;
import io.aeron.security.AuthenticatorSupplier;
import io.aeron.security.CredentialsSupplier;
import io.aeron.security.SessionProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What the members and replicas of one cluster share, so that nobody else's commands reach the log
 * and nobody else reads an archive: whoever connects is sent a random challenge and answers with
 * its HMAC-SHA256. For any thread; each server has an authenticator of its own.
 */
public final class ClusterSecret implements CredentialsSupplier, AuthenticatorSupplier {
  /** The fewest bytes of a secret. */
  public static final int MIN_BYTES = 16;

  /** The most bytes of a secret. */
  public static final int MAX_BYTES = 1_024;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] NONE = {};
  private static final int CHALLENGE_BYTES = 32;

  private final SecretKeySpec key;
  private final SecureRandom random = new SecureRandom();

  /**
   * @throws IllegalArgumentException when the secret is too short or too long
   */
  public ClusterSecret(byte[] secret) {
    if (secret.length < MIN_BYTES || secret.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a secret of " + secret.length + " bytes, not from " + MIN_BYTES + " to " + MAX_BYTES);
    }
    key = new SecretKeySpec(secret, ALGORITHM);
  }

  /** The secret that a file holds, white space at its end left out. */
  public static ClusterSecret ofFile(Path file) throws IOException {
    final byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length;
    while (length > 0 && Character.isWhitespace(bytes[length - 1])) {
      length--;
    }
    return new ClusterSecret(Arrays.copyOf(bytes, length));
  }

  @Override
  public byte[] encodedCredentials() {
    return NONE;
  }

  @Override
  public byte[] onChallenge(byte[] encodedChallenge) {
    try {
      final Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(encodedChallenge);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Authenticator get() {
    return new Challenging();
  }

  /** Challenges every session. For one thread. */
  private final class Challenging implements Authenticator {
    private static final byte[] PRINCIPAL = {};

    private final Long2ObjectHashMap<byte[]> challenges = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Boolean> answers = new Long2ObjectHashMap<>();

    @Override
    public void onConnectRequest(long sessionId, byte[] encodedCredentials, long nowMs) {
      final byte[] challenge = new byte[CHALLENGE_BYTES];
      random.nextBytes(challenge);
      challenges.put(sessionId, challenge);
    }

    @Override
    public void onChallengeResponse(long sessionId, byte[] encodedCredentials, long nowMs) {
      final byte[] challenge = challenges.remove(sessionId);
      final Boolean isGenuine =
          challenge != null && MessageDigest.isEqual(onChallenge(challenge), encodedCredentials);
      answers.put(sessionId, isGenuine);
    }

    @Override
    public void onConnectedSession(SessionProxy session, long nowMs) {
      final byte[] challenge = challenges.get(session.sessionId());
      if (challenge == null) {
        session.reject();
      } else {
        session.challenge(challenge);
      }
    }

    @Override
    public void onChallengedSession(SessionProxy session, long nowMs) {
      final Boolean isGenuine = answers.remove(session.sessionId());
      if (isGenuine == null) {
        return;
      }
      if (isGenuine) {
        session.authenticate(PRINCIPAL);
      } else {
        session.reject();
      }
    }
  }
}
