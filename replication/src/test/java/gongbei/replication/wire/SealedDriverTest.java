package gongbei.replication.wire;

import static io.aeron.driver.status.SystemCounterDescriptor.INVALID_PACKETS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real drivers over sockets, some of whom lack the secret. */
final class SealedDriverTest {
  private static final byte[] SECRET = "a secret of a cluster".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER = "the secret of another".getBytes(StandardCharsets.UTF_8);
  private static final int STREAM = 7;

  /** Longer than a driver takes to answer: what has not come by then does not come. */
  private static final int A_WHILE_MILLIS = 700;

  @TempDir private Path directory;

  private final List<AutoCloseable> open = new ArrayList<>();
  private int drivers;

  @AfterEach
  void closeAll() {
    for (int i = open.size() - 1; i >= 0; i--) {
      CloseHelper.quietClose(open.get(i));
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private static WireSeal seal(byte[] secret) {
    return new WireSeal(WireCipher.AES_256_GCM, List.of(secret));
  }

  private MediaDriver.Context plainContext() {
    return new MediaDriver.Context()
        .aeronDirectoryName(directory.resolve("driver-" + drivers++).toString())
        .dirDeleteOnStart(true)
        .threadingMode(ThreadingMode.SHARED)
        .termBufferSparseFile(true)
        .publicationTermBufferLength(64 * 1024)
        .errorHandler(e -> {});
  }

  private Aeron client(MediaDriver.Context context) {
    final MediaDriver driver = opened(MediaDriver.launch(context));
    return opened(
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .errorHandler(e -> {})));
  }

  private Aeron sealedClient(WireSeal seal) {
    return client(seal.applyTo(plainContext()));
  }

  private static int freePort() {
    return FreePorts.inARow(1);
  }

  private static void offer(Publication publication, String text) throws InterruptedException {
    final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Patience.await("it is offered", () -> publication.offer(new UnsafeBuffer(bytes)) > 0);
  }

  private static List<String> poll(Subscription subscription, int count)
      throws InterruptedException {
    final List<String> texts = new ArrayList<>();
    final FragmentAssembler assembler =
        new FragmentAssembler(
            (buffer, offset, length, header) ->
                texts.add(buffer.getStringWithoutLengthUtf8(offset, length)));
    Patience.await(
        count + " messages",
        () -> {
          subscription.poll(assembler, 1);
          return texts.size() == count;
        });
    return texts;
  }

  /** Takes datagrams for another port, keeps a copy of each and hands them on, both ways. */
  private final class Recorder implements AutoCloseable {
    private final DatagramSocket front;
    private final DatagramSocket back;
    private final InetSocketAddress to;
    private final List<byte[]> recorded = new CopyOnWriteArrayList<>();
    private volatile InetSocketAddress from;

    Recorder(int port) throws IOException {
      front = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      back = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      pump(front, true);
      pump(back, false);
      open.add(this);
    }

    private void pump(DatagramSocket socket, boolean isForward) {
      final Thread thread =
          new Thread(
              () -> {
                final byte[] bytes = new byte[65_507];
                while (!socket.isClosed()) {
                  try {
                    final DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                    socket.receive(packet);
                    final byte[] copy = Arrays.copyOf(bytes, packet.getLength());
                    if (isForward) {
                      recorded.add(copy);
                      from = (InetSocketAddress) packet.getSocketAddress();
                      back.send(new DatagramPacket(copy, copy.length, to));
                    } else {
                      front.send(new DatagramPacket(copy, copy.length, from));
                    }
                  } catch (IOException e) {
                    if (!socket.isClosed()) {
                      throw new IllegalStateException(e);
                    }
                  }
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    int port() {
      return front.getLocalPort();
    }

    @Override
    public void close() {
      front.close();
      back.close();
    }
  }

  @Test
  void messagesOfAnySizeArriveInOrderBetweenThoseWhoShareTheSecret() throws Exception {
    final WireSeal seal = seal(SECRET);
    final String channel = "aeron:udp?endpoint=localhost:" + freePort();
    final Subscription subscription = sealedClient(seal).addSubscription(channel, STREAM);
    final Publication publication = sealedClient(seal(SECRET)).addPublication(channel, STREAM);
    final List<String> sent = new ArrayList<>();
    final List<String> received = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      sent.add("x".repeat(i * 23) + i);
      offer(publication, sent.get(i));
      received.addAll(poll(subscription, 1));
    }
    assertEquals(sent, received);
    assertTrue(seal.counts().opened() > 300);
    assertEquals(0, seal.counts().refused(Refusal.FORGED));
    assertEquals(0, seal.counts().refused(Refusal.MALFORMED));
  }

  @Test
  void aStreamToSeveralDestinationsThatEachTakeFromSeveralSourcesIsSealedToo() throws Exception {
    final int port = freePort();
    final int other = freePort();
    final Subscription one =
        sealedClient(seal(SECRET)).addSubscription("aeron:udp?control-mode=manual", STREAM);
    one.addDestination("aeron:udp?endpoint=localhost:" + port);
    final Subscription two =
        sealedClient(seal(SECRET)).addSubscription("aeron:udp?endpoint=localhost:" + other, STREAM);
    final Publication publication =
        sealedClient(seal(SECRET)).addPublication("aeron:udp?control-mode=manual", STREAM);
    publication.addDestination("aeron:udp?endpoint=localhost:" + port);
    publication.addDestination("aeron:udp?endpoint=localhost:" + other);
    Patience.await("both are connected", () -> one.isConnected() && two.isConnected());
    for (int i = 0; i < 100; i++) {
      offer(publication, "message " + i);
      assertEquals(List.of("message " + i), poll(one, 1));
      assertEquals(List.of("message " + i), poll(two, 1));
    }
  }

  @Test
  void whoLacksTheSecretNeitherSendsNorReads() throws Exception {
    final WireSeal seal = seal(SECRET);
    final String channel = "aeron:udp?endpoint=localhost:" + freePort();
    final Subscription subscription = sealedClient(seal).addSubscription(channel, STREAM);
    final Publication plain = client(plainContext()).addPublication(channel, STREAM);
    final Publication wrong = sealedClient(seal(OTHER)).addPublication(channel, STREAM);
    Patience.await("plain ones are counted", () -> seal.counts().refused(Refusal.MALFORMED) > 3);
    Patience.await("those of another too", () -> seal.counts().refused(Refusal.UNKNOWN_SENDER) > 3);
    assertFalse(plain.isConnected());
    assertFalse(wrong.isConnected());
    assertTrue(subscription.hasNoImages());

    final String readable = "aeron:udp?endpoint=localhost:" + freePort();
    final Aeron curious = client(plainContext());
    final Subscription reader = curious.addSubscription(readable, STREAM);
    final Publication genuine = sealedClient(seal).addPublication(readable, STREAM);
    Patience.await(
        "it makes nothing of them",
        () -> curious.countersReader().getCounterValue(INVALID_PACKETS.id()) > 3);
    assertTrue(reader.hasNoImages());
    assertFalse(genuine.isConnected());
  }

  @Test
  void recordedDatagramsChangeNothingButACounter() throws Exception {
    final int port = freePort();
    final WireSeal seal = seal(SECRET);
    final Recorder recorder = new Recorder(port);
    final String channel = "aeron:udp?endpoint=localhost:" + port;
    final Subscription subscription = sealedClient(seal).addSubscription(channel, STREAM);
    final Publication publication =
        sealedClient(seal(SECRET))
            .addPublication("aeron:udp?endpoint=localhost:" + recorder.port(), STREAM);
    for (int i = 0; i < 20; i++) {
      offer(publication, "message " + i);
    }
    assertEquals(20, poll(subscription, 20).size());
    final List<byte[]> recorded = List.copyOf(recorder.recorded);
    replay(recorded, port);
    Patience.await(
        "they are counted", () -> seal.counts().refused(Refusal.REPLAYED) >= recorded.size());
    offer(publication, "and on");
    assertEquals(List.of("and on"), poll(subscription, 1));

    recorder.close();
    closeAll();
    open.clear();
    final Subscription later = sealedClient(seal).addSubscription(channel, STREAM);
    final long before = seal.counts().refused(Refusal.UNPROVEN);
    Patience.await(
        "they are counted at an endpoint that was opened later",
        () -> {
          replay(recorded, port);
          return seal.counts().refused(Refusal.UNPROVEN) >= before + recorded.size() / 2;
        });
    assertTrue(later.hasNoImages());
  }

  @Test
  void aFloodOfForgedDatagramsStopsNobody() throws Exception {
    final int port = freePort();
    final WireSeal seal = seal(SECRET);
    final String channel = "aeron:udp?endpoint=localhost:" + port;
    final Subscription subscription = sealedClient(seal).addSubscription(channel, STREAM);
    final Publication publication = sealedClient(seal(SECRET)).addPublication(channel, STREAM);
    offer(publication, "first");
    assertEquals(List.of("first"), poll(subscription, 1));
    try (DatagramSocket socket = new DatagramSocket()) {
      final byte[] forged = new byte[1_200];
      forged[0] = 1;
      forged[2] = 1;
      for (int i = 0; i < 5_000; i++) {
        forged[4] = (byte) i;
        forged[5] = (byte) (i >> 8);
        socket.send(
            new DatagramPacket(forged, forged.length, InetAddress.getLoopbackAddress(), port));
        if (i % 500 == 0) {
          offer(publication, "message " + i);
          assertEquals(List.of("message " + i), poll(subscription, 1));
        }
      }
    }
    assertTrue(seal.counts().refused(Refusal.UNKNOWN_SENDER) > 0);
  }

  @Test
  void nobodyIsAnsweredWhoLacksTheSecret() throws Exception {
    final int port = freePort();
    sealedClient(seal(SECRET)).addSubscription("aeron:udp?endpoint=localhost:" + port, STREAM);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(A_WHILE_MILLIS);
      for (int length = 0; length < 200; length++) {
        socket.send(
            new DatagramPacket(new byte[length], length, InetAddress.getLoopbackAddress(), port));
      }
      boolean isAnswered = true;
      try {
        socket.receive(new DatagramPacket(new byte[2_000], 2_000));
      } catch (SocketTimeoutException e) {
        isAnswered = false;
      }
      assertFalse(isAnswered);
    }
  }

  private static void replay(List<byte[]> datagrams, int port) {
    try (DatagramSocket socket = new DatagramSocket()) {
      for (final byte[] datagram : datagrams) {
        socket.send(
            new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), port));
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
