package gongbei.replication.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a sealed endpoint takes, and from whom. */
final class SealedPeerTest {
  private static final int MAX_BYTES = 1_408;
  private static final byte[] SECRET = "a secret of a cluster".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NEXT = "the next one of the same".getBytes(StandardCharsets.UTF_8);
  private static final byte[] FRAME = "one of Aeron's frames".getBytes(StandardCharsets.UTF_8);
  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

  private long nowNanos = TimeUnit.HOURS.toNanos(1);
  private WireCipher cipher = WireCipher.AES_256_GCM;
  private WireSeal seal = newSeal(SECRET);
  private End publication = new End(seal, SealedDatagram.Direction.TO_SUBSCRIPTION);
  private End subscription = new End(seal, SealedDatagram.Direction.TO_PUBLICATION);

  private WireSeal newSeal(byte[]... secrets) {
    return new WireSeal(cipher, List.of(secrets));
  }

  /** One endpoint, with what it hands to the network. */
  private final class End {
    private final List<byte[]> sent = new ArrayList<>();
    private final SealedPeer peer;

    End(WireSeal seal, SealedDatagram.Direction direction) {
      peer =
          new SealedPeer(
              seal,
              direction,
              MAX_BYTES,
              () -> nowNanos,
              (datagram, to, index) -> sent.add(bytesOf(datagram)));
    }

    byte[] sealFrame() {
      return bytesOf(peer.seal(ByteBuffer.wrap(FRAME.clone())));
    }

    /** Whether a datagram is a frame that Aeron is given, which then is the one that was sealed. */
    boolean takes(byte[] datagram) {
      final UnsafeBuffer buffer = new UnsafeBuffer(Arrays.copyOf(datagram, 65_536));
      if (!peer.open(buffer, datagram.length)
          || !peer.admits(buffer, ANYWHERE, 0, peer.isFrame())) {
        return false;
      }
      final byte[] opened = new byte[peer.length()];
      buffer.getBytes(0, opened);
      assertEquals(text(FRAME), text(opened));
      return true;
    }

    byte[] onlySent() {
      assertEquals(1, sent.size());
      return sent.remove(0);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytesOf(ByteBuffer buffer) {
    final byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Has a sender prove to a receiver that it is there. */
  private static void prove(End sender, End receiver) {
    assertFalse(receiver.takes(sender.sealFrame()));
    assertFalse(sender.takes(receiver.onlySent()));
    assertFalse(receiver.takes(sender.onlySent()));
  }

  private long refused(Refusal reason) {
    return seal.counts().refused(reason);
  }

  @ParameterizedTest
  @EnumSource(WireCipher.class)
  void aFrameIsHandledOnceItsSenderHasProvedThatItIsThere(WireCipher value) {
    cipher = value;
    seal = newSeal(SECRET);
    publication = new End(seal, SealedDatagram.Direction.TO_SUBSCRIPTION);
    subscription = new End(seal, SealedDatagram.Direction.TO_PUBLICATION);
    assertFalse(subscription.takes(publication.sealFrame()));
    assertEquals(1, refused(Refusal.UNPROVEN));
    assertFalse(publication.takes(subscription.onlySent()));
    assertFalse(subscription.takes(publication.onlySent()));
    final UnsafeBuffer held = subscription.peer.takeReleased();
    assertNotNull(held, "the frame that came too early is handled now");
    final byte[] frame = new byte[held.capacity()];
    held.getBytes(0, frame);
    assertEquals(text(FRAME), text(frame));
    assertNull(subscription.peer.takeReleased());
    for (int i = 0; i < 10_000; i++) {
      assertTrue(subscription.takes(publication.sealFrame()));
    }
  }

  @Test
  void whatIsOnTheWireShowsNothingOfTheFrame() {
    final byte[] one = publication.sealFrame();
    final byte[] two = publication.sealFrame();
    assertEquals(FRAME.length + WireSeal.OVERHEAD_BYTES, one.length);
    final int from = SealedDatagram.HEADER_BYTES;
    assertFalse(text(one).contains(text(FRAME)));
    assertNotEquals(
        Arrays.toString(Arrays.copyOfRange(one, from, one.length)),
        Arrays.toString(Arrays.copyOfRange(two, from, two.length)),
        "the same frame twice");
  }

  @Test
  void everyChangedByteIsFound() {
    prove(publication, subscription);
    final byte[] good = publication.sealFrame();
    for (int i = 0; i < good.length; i++) {
      final byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << (i % Byte.SIZE));
      assertFalse(subscription.takes(bad), "byte " + i);
    }
    assertTrue(subscription.takes(good), "and none of them did harm");
  }

  @Test
  void whatIsCutShortOrPlainOrTooLongIsMalformed() {
    prove(publication, subscription);
    final byte[] good = publication.sealFrame();
    for (int length = 0; length < good.length; length++) {
      assertFalse(subscription.takes(Arrays.copyOf(good, length)));
    }
    assertFalse(subscription.takes(FRAME));
    assertFalse(subscription.takes(new byte[0]));
    assertFalse(subscription.takes(Arrays.copyOf(good, 65_507)));
    assertTrue(subscription.takes(good));
  }

  @Test
  void aDatagramCountsOnce() {
    prove(publication, subscription);
    final List<byte[]> recorded = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      recorded.add(publication.sealFrame());
    }
    for (int i = recorded.size() - 1; i >= 0; i--) {
      assertTrue(subscription.takes(recorded.get(i)), "in any order");
    }
    for (final byte[] datagram : recorded) {
      assertFalse(subscription.takes(datagram));
    }
    assertEquals(recorded.size(), refused(Refusal.REPLAYED));
  }

  @Test
  void whatWasRecordedIsWorthNothingAtAnEndpointThatWasOpenedLater() {
    final List<byte[]> recorded = new ArrayList<>();
    recorded.add(publication.sealFrame());
    assertFalse(subscription.takes(recorded.get(0)));
    assertFalse(publication.takes(subscription.onlySent()));
    recorded.add(publication.onlySent());
    assertFalse(subscription.takes(recorded.get(1)));
    recorded.add(publication.sealFrame());
    assertTrue(subscription.takes(recorded.get(2)));

    final End restarted = new End(seal, SealedDatagram.Direction.TO_PUBLICATION);
    for (int turn = 0; turn < 3; turn++) {
      for (final byte[] datagram : recorded) {
        assertFalse(restarted.takes(datagram));
        assertNull(restarted.peer.takeReleased());
      }
    }
    assertEquals(1, restarted.sent.size(), "one challenge a moment, however much is replayed");
  }

  @Test
  void whatAnEndpointSentIsNotTakenBackByIt() {
    final byte[] datagram = publication.sealFrame();
    assertFalse(publication.takes(datagram));
    assertFalse(
        new End(seal, SealedDatagram.Direction.TO_SUBSCRIPTION).takes(datagram),
        "nor by another of its kind");
    final byte[] turned = datagram.clone();
    turned[SealedDatagram.DIRECTION_OFFSET] = 1;
    assertFalse(publication.takes(turned));
    assertEquals(1, refused(Refusal.FORGED));
  }

  @Test
  void withoutTheSecretNothingOpensAndNothingIsDerived() {
    final End stranger = new End(newSeal(NEXT), SealedDatagram.Direction.TO_SUBSCRIPTION);
    assertFalse(subscription.takes(stranger.sealFrame()));
    assertEquals(1, refused(Refusal.UNKNOWN_SENDER));
    assertEquals(List.of(), subscription.sent);
  }

  @Test
  void aSecretIsChangedWhileFramesFlow() {
    prove(publication, subscription);
    final WireSeal changing = newSeal(SECRET, NEXT);
    final End changed = new End(changing, SealedDatagram.Direction.TO_SUBSCRIPTION);
    prove(changed, subscription);
    assertTrue(subscription.takes(changed.sealFrame()), "it still seals with the first");

    seal.secrets(List.of(NEXT, SECRET));
    assertTrue(subscription.takes(changed.sealFrame()), "which opens still");
    changing.secrets(List.of(NEXT, SECRET));
    prove(changed, subscription);
    assertTrue(subscription.takes(changed.sealFrame()));

    final byte[] old =
        new End(newSeal(SECRET), SealedDatagram.Direction.TO_SUBSCRIPTION).sealFrame();
    seal.secrets(List.of(NEXT));
    assertTrue(subscription.takes(changed.sealFrame()));
    assertFalse(subscription.takes(old), "the first secret is worth nothing any more");
    assertEquals(1, refused(Refusal.UNKNOWN_SENDER));
  }

  @Test
  void whoWasThereIsNotPushedOutByThoseWhoNeverProve() {
    prove(publication, subscription);
    for (int i = 0; i < 2 * DatagramOpener.MAX_SENDERS; i++) {
      nowNanos++;
      subscription.takes(new End(seal, SealedDatagram.Direction.TO_SUBSCRIPTION).sealFrame());
    }
    assertTrue(subscription.takes(publication.sealFrame()));
  }
}
