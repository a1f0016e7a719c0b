package gongbei.replication.testing;

import gongbei.codec.model.Colour;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.replication.wire.WireCipher;
import gongbei.replication.wire.WireSeal;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.archive.client.AeronArchive;
import io.aeron.cluster.ConsensusModule;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.codecs.MessageHeaderEncoder;
import io.aeron.cluster.codecs.RequestVoteEncoder;
import io.aeron.cluster.codecs.SessionMessageHeaderEncoder;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.exceptions.TimeoutException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Who has the ports of a cluster's members, speaks Aeron, and has no secret or a wrong one: forges
 * changes, votes, asks archives for what they hold, and sends again what it has recorded. For one
 * thread.
 *
 * <pre>ClusterIntruder DIRECTORY RECORDED HOST:BASEPORT…</pre>
 *
 * does all of it from a process of its own, and prints a line for each.
 */
public final class ClusterIntruder implements AutoCloseable {
  /** The colour that it would give the holder. */
  public static final int RED = 2;

  private static final int GUESSED_SESSIONS = 40;
  private static final int GUESSED_TERMS = 20;
  private static final int CAPACITY = 5_000;
  private static final int INGRESS = 0;
  private static final int CONSENSUS = 1;
  private static final int ARCHIVE = 4;
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int ETHERNET_BYTES = 14;
  private static final int ETHERNET_TYPE = 12;
  private static final int IPV4 = 0x0800;
  private static final int IP_FRAGMENT = ETHERNET_BYTES + 6;
  private static final int IP_PROTOCOL = ETHERNET_BYTES + 9;
  private static final int IP_DESTINATION = ETHERNET_BYTES + 16;
  private static final int UDP = 17;
  private static final int UDP_BYTES = 8;
  private static final byte[] GUESS = "a guess at the secret".getBytes(StandardCharsets.UTF_8);

  private final MediaDriver driver;
  private final Aeron aeron;
  private final List<InetSocketAddress> members;

  private ClusterIntruder(
      Path directory, List<InetSocketAddress> members, Optional<byte[]> secret) {
    this.members = List.copyOf(members);
    final MediaDriver.Context context =
        new MediaDriver.Context()
            .aeronDirectoryName(directory.toString())
            .dirDeleteOnStart(true)
            .threadingMode(ThreadingMode.SHARED)
            .publicationTermBufferLength(1 << 20)
            .termBufferSparseFile(true)
            .errorHandler(e -> {});
    secret.ifPresent(
        guess -> new WireSeal(WireCipher.AES_256_GCM, List.of(guess)).applyTo(context));
    driver = MediaDriver.launch(context);
    aeron =
        Aeron.connect(
            new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .errorHandler(e -> {}));
  }

  /**
   * One that sends plain datagrams.
   *
   * @param directory where its driver is
   * @param members each with its base port
   */
  public static ClusterIntruder plain(Path directory, List<InetSocketAddress> members) {
    return new ClusterIntruder(directory, members, Optional.empty());
  }

  /** One that seals its datagrams with a secret that it has guessed wrongly. */
  public static ClusterIntruder guessing(Path directory, List<InetSocketAddress> members) {
    return new ClusterIntruder(directory, members, Optional.of(GUESS));
  }

  /**
   * Turns a holder red, by each session and term that is likely to be open; whether one took it.
   */
  public boolean forgesChange(Subject holder) throws InterruptedException {
    final UnsafeBuffer command =
        CommandBatches.encode(
            9, 1, CAPACITY, List.of(StatusCommand.SetStatus.of(holder).colour(Colour.RED).build()));
    final List<byte[]> forged = new ArrayList<>();
    for (long session = 1; session <= GUESSED_SESSIONS; session++) {
      for (long term = 0; term < GUESSED_TERMS; term++) {
        final byte[] bytes = new byte[AeronCluster.SESSION_HEADER_LENGTH + command.capacity()];
        final UnsafeBuffer message = new UnsafeBuffer(bytes);
        new SessionMessageHeaderEncoder()
            .wrapAndApplyHeader(message, 0, new MessageHeaderEncoder())
            .leadershipTermId(term)
            .clusterSessionId(session)
            .timestamp(0);
        message.putBytes(AeronCluster.SESSION_HEADER_LENGTH, command, 0, command.capacity());
        forged.add(bytes);
      }
    }
    return sendToAll(INGRESS, AeronCluster.Configuration.ingressStreamId(), forged);
  }

  /** Asks for votes of a term near the last there can be; whether a member took it. */
  public boolean asksForVotes() throws InterruptedException {
    final long term = Long.MAX_VALUE - 5;
    final byte[] bytes =
        new byte[MessageHeaderEncoder.ENCODED_LENGTH + RequestVoteEncoder.BLOCK_LENGTH];
    new RequestVoteEncoder()
        .wrapAndApplyHeader(new UnsafeBuffer(bytes), 0, new MessageHeaderEncoder())
        .logLeadershipTermId(term - 1)
        .logPosition(1L << 40)
        .candidateTermId(term)
        .candidateMemberId(1)
        .protocolVersion(ConsensusModule.Configuration.PROTOCOL_SEMANTIC_VERSION);
    return sendToAll(CONSENSUS, ConsensusModule.Configuration.consensusStreamId(), List.of(bytes));
  }

  /** Opens a session with an archive, to read what it holds; whether one let it. */
  public boolean opensAnArchive() {
    boolean isOpen = false;
    for (final InetSocketAddress member : members) {
      try (AeronArchive archive =
          AeronArchive.connect(
              new AeronArchive.Context()
                  .aeron(aeron)
                  .ownsAeronClient(false)
                  .messageTimeoutNs(CONNECT_NANOS)
                  .controlRequestChannel("aeron:udp?endpoint=" + endpoint(member, ARCHIVE))
                  .controlResponseChannel("aeron:udp?endpoint=" + ownHost(member) + ":0"))) {
        isOpen |= archive.controlSessionId() != Aeron.NULL_VALUE;
      } catch (TimeoutException e) {
        // This archive does not answer it; another may.
      }
    }
    return isOpen;
  }

  private boolean sendToAll(int port, int streamId, List<byte[]> messages)
      throws InterruptedException {
    boolean isTaken = false;
    for (final InetSocketAddress member : members) {
      isTaken |= send(endpoint(member, port), streamId, messages);
    }
    return isTaken;
  }

  private static String endpoint(InetSocketAddress member, int port) {
    return member.getHostString() + ":" + (member.getPort() + port);
  }

  /** The address that a member would answer to. */
  private static String ownHost(InetSocketAddress member) {
    try (DatagramChannel channel = DatagramChannel.open().connect(member)) {
      return ((InetSocketAddress) channel.getLocalAddress()).getAddress().getHostAddress();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean send(String endpoint, int streamId, List<byte[]> messages)
      throws InterruptedException {
    try (ExclusivePublication publication =
        aeron.addExclusivePublication("aeron:udp?endpoint=" + endpoint, streamId)) {
      final long startNanos = System.nanoTime();
      while (!publication.isConnected()) {
        if (System.nanoTime() - startNanos > CONNECT_NANOS) {
          return false;
        }
        TimeUnit.MILLISECONDS.sleep(1);
      }
      for (final byte[] message : messages) {
        while (publication.offer(new UnsafeBuffer(message)) <= 0) {
          if (!publication.isConnected()) {
            return true;
          }
          TimeUnit.MILLISECONDS.sleep(1);
        }
      }
      return true;
    }
  }

  /**
   * Sends again what was recorded, each datagram to where it went.
   *
   * @param recorded frames of Ethernet, each after its length of 4 bytes
   * @return how many it sent
   */
  public static int replay(Path recorded) throws IOException {
    int sent = 0;
    try (DataInputStream frames = new DataInputStream(Files.newInputStream(recorded));
        DatagramChannel channel = DatagramChannel.open()) {
      while (true) {
        final byte[] frame = new byte[frames.readInt()];
        frames.readFully(frame);
        final ByteBuffer bytes = ByteBuffer.wrap(frame);
        if (isWholeDatagram(bytes)) {
          final int udp = ETHERNET_BYTES + 4 * (frame[ETHERNET_BYTES] & 0x0F);
          final byte[] address = new byte[4];
          bytes.get(IP_DESTINATION, address);
          final int port = bytes.getShort(udp + 2) & 0xFFFF;
          final int length = (bytes.getShort(udp + 4) & 0xFFFF) - UDP_BYTES;
          channel.send(
              ByteBuffer.wrap(frame, udp + UDP_BYTES, length),
              new InetSocketAddress(InetAddress.getByAddress(address), port));
          sent++;
        }
      }
    } catch (EOFException e) {
      return sent;
    }
  }

  private static boolean isWholeDatagram(ByteBuffer frame) {
    return (frame.getShort(ETHERNET_TYPE) & 0xFFFF) == IPV4
        && frame.get(IP_PROTOCOL) == UDP
        && (frame.getShort(IP_FRAGMENT) & 0x3FFF) == 0;
  }

  @Override
  public void close() {
    CloseHelper.quietCloseAll(aeron, driver);
  }

  /** Does all of it, and prints a line for each. */
  public static void main(String[] arguments) throws Exception {
    final Path directory = Path.of(arguments[0]);
    final List<InetSocketAddress> members = new ArrayList<>();
    for (int i = 2; i < arguments.length; i++) {
      final int colon = arguments[i].lastIndexOf(':');
      members.add(
          new InetSocketAddress(
              arguments[i].substring(0, colon),
              Integer.parseInt(arguments[i].substring(colon + 1))));
    }
    System.out.println("replayed " + replay(Path.of(arguments[1])));
    final Subject holder = new Subject(0x600D, 0x600D);
    try (ClusterIntruder plain = plain(directory.resolve("plain"), members);
        ClusterIntruder guessing = guessing(directory.resolve("guessing"), members)) {
      for (final ClusterIntruder one : List.of(plain, guessing)) {
        System.out.printf(
            Locale.ROOT,
            "change taken %b, vote taken %b, archive opened %b%n",
            one.forgesChange(holder),
            one.asksForVotes(),
            one.opensAnArchive());
      }
    }
  }
}
