package gongbei.replication.context;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.map.DigestKey;
import gongbei.replication.wire.WireCipher;
import gongbei.replication.wire.WireSeal;
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
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * The secret that the members and replicas of one cluster share. It seals their datagrams ({@link
 * #newSeal}); above that, whoever connects to the log or to an archive is sent a random challenge
 * and answers with its HMAC-SHA256. For any thread; each server has an authenticator of its own.
 */
public final class ClusterSecret implements CredentialsSupplier, AuthenticatorSupplier {
  /** The fewest bytes of a secret. */
  public static final int MIN_BYTES = 16;

  /** The most bytes of a secret. */
  public static final int MAX_BYTES = 1_024;

  private static final String ALGORITHM = "HmacSHA256";
  private static final byte[] NONE = {};
  private static final int CHALLENGE_BYTES = 32;

  /** The one that this node uses, then those that it accepts too. */
  private final List<SecretKeySpec> keys;

  private final SecureRandom random = new SecureRandom();

  /**
   * @throws IllegalArgumentException when the secret is too short or too long
   */
  public ClusterSecret(byte[] secret) {
    if (secret.length < MIN_BYTES || secret.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          "a secret of " + secret.length + " bytes, not from " + MIN_BYTES + " to " + MAX_BYTES);
    }
    keys = List.of(new SecretKeySpec(secret, ALGORITHM));
  }

  private ClusterSecret(List<SecretKeySpec> keys) {
    this.keys = keys;
  }

  /**
   * This secret, and another that is accepted too while a cluster changes from one to the other,
   * node after node.
   */
  public ClusterSecret accepting(ClusterSecret other) {
    return new ClusterSecret(List.of(keys.get(0), other.keys.get(0)));
  }

  /** A seal for the datagrams of a driver, by the secrets that are valid. */
  public WireSeal newSeal(WireCipher cipher) {
    return new WireSeal(cipher, keys.stream().map(SecretKeySpec::getEncoded).toList());
  }

  /** The key of the digests that the nodes of the cluster show. */
  public DigestKey digestKey() {
    return DigestKey.of(keys.get(0).getEncoded());
  }

  /** The secret that a file holds, white space at its end left out. */
  public static ClusterSecret ofFile(Path file) throws IOException {
    PrivateFiles.requireSecret(file);
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
    return answer(keys.get(0), encodedChallenge);
  }

  private boolean isAnswer(byte[] challenge, byte[] given) {
    boolean isAnswer = false;
    for (final SecretKeySpec key : keys) {
      isAnswer |= MessageDigest.isEqual(answer(key, challenge), given);
    }
    return isAnswer;
  }

  private static byte[] answer(SecretKeySpec key, byte[] challenge) {
    try {
      final Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(challenge);
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
      final Boolean isGenuine = challenge != null && isAnswer(challenge, encodedCredentials);
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
