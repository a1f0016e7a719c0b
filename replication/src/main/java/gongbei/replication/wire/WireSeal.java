package gongbei.replication.wire;

import io.aeron.driver.MediaDriver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Seals all that a media driver sends and opens what it receives, by the secrets of a cluster.
 * Datagrams are encrypted and authenticated by an AEAD under keys that HKDF derives from the first
 * secret; those under any of the secrets are opened, so that a secret can be changed while the
 * cluster goes on. What does not open is counted and dropped. For any thread.
 *
 * <pre>{@code
 * final WireSeal seal = new WireSeal(WireCipher.AES_256_GCM, List.of(secret));
 * MediaDriver.launch(seal.applyTo(new MediaDriver.Context()));
 * }</pre>
 */
public final class WireSeal {
  /** What sealing adds to a datagram, in bytes. */
  public static final int OVERHEAD_BYTES = SealedDatagram.OVERHEAD_BYTES;

  /** The most secrets that are valid at a time: the one that is used and another. */
  public static final int MAX_SECRETS = 2;

  private final WireCipher cipher;
  private final SecureRandom random = new SecureRandom();
  private final WireCounts counts = new WireCounts();
  private volatile List<WireKey> keys = List.of();

  /**
   * @param secrets the secret that seals, and perhaps another that opens too
   */
  public WireSeal(WireCipher cipher, List<byte[]> secrets) {
    this.cipher = cipher;
    secrets(List.copyOf(secrets));
  }

  /** Changes the secrets; the datagrams that follow are sealed by the first of them. */
  public synchronized void secrets(List<byte[]> secrets) {
    if (secrets.isEmpty() || secrets.size() > MAX_SECRETS) {
      throw new IllegalArgumentException(secrets.size() + " secrets, not from 1 to " + MAX_SECRETS);
    }
    final List<WireKey> derived = new ArrayList<>();
    for (final byte[] secret : secrets) {
      derived.add(keyOf(new WireKey(secret)));
    }
    keys = List.copyOf(derived);
  }

  /** The key that is in force already, so that what was sealed with it goes on to open. */
  private WireKey keyOf(WireKey derived) {
    for (final WireKey known : keys) {
      if (known.isOfSameSecret(derived)) {
        return known;
      }
    }
    return derived;
  }

  /** Has the drivers of a context seal; the context's MTU must be set before they start. */
  public MediaDriver.Context applyTo(MediaDriver.Context context) {
    return context
        .sendChannelEndpointSupplier(
            (channel, status, driver) ->
                new SealedSendChannelEndpoint(this, channel, status, driver))
        .receiveChannelEndpointSupplier(
            (channel, dispatcher, status, driver) ->
                new SealedReceiveChannelEndpoint(this, channel, dispatcher, status, driver));
  }

  /**
   * The most bytes of a datagram before it is sealed: a replay of what was recorded from IPC goes
   * to the network in datagrams of IPC's size.
   */
  static int maxDatagramBytes(MediaDriver.Context context) {
    return Math.max(context.mtuLength(), context.ipcMtuLength());
  }

  /** What was sealed, opened and refused. */
  public WireCounts counts() {
    return counts;
  }

  WireCipher cipher() {
    return cipher;
  }

  WireKey sealingKey() {
    return keys.get(0);
  }

  List<WireKey> openingKeys() {
    return keys;
  }

  boolean isValid(WireKey key) {
    return keys.contains(key);
  }

  long randomLong() {
    return random.nextLong();
  }

  byte[] randomBytes(int count) {
    final byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
