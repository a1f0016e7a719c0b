package gongbei.replication.cluster;

import gongbei.replication.cluster.PlainModel.Ask;
import gongbei.replication.cluster.PlainModel.Origin;
import gongbei.replication.cluster.PlainModel.Sheet;
import gongbei.replication.machine.History;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.CommandBatchEncoder;
import gongbei.replication.protocol.CommandBatchEncoder.CommandsEncoder;
import gongbei.replication.protocol.CommandBatchEncoder.OriginsEncoder;
import gongbei.replication.protocol.FeedBatchEncoder;
import gongbei.replication.protocol.FeedMarkEncoder;
import gongbei.replication.protocol.MessageHeaderEncoder;
import gongbei.replication.protocol.PutDocumentEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The messages of a simulation, with fields in their range or not. */
public final class SimulatedMessages {
  public static final int FRAME_DIGEST_OFFSET =
      MessageHeaderEncoder.ENCODED_LENGTH + FeedBatchEncoder.digestAfterEncodingOffset();

  private SimulatedMessages() {}

  static byte[] batch(long clientId, long first, long capacity, List<Ask> asks) {
    final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    final List<Origin> origins = asks.stream().map(Ask::origin).distinct().toList();
    final CommandBatchEncoder batch =
        new CommandBatchEncoder()
            .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .clientId(clientId)
            .firstSequence(first)
            .capacity(capacity);
    final CommandsEncoder commands = batch.commandsCount(asks.size());
    for (final Ask ask : asks) {
      commands
          .next()
          .putSubject(ask.subject().toBytes(), 0, Subject.BYTES)
          .kind((short) ask.kind())
          .colour((short) ask.colour())
          .result((short) ask.result())
          .doses((short) ask.doses())
          .flags((short) ask.flags())
          .sampleEpochMinutes(ask.sample())
          .lastDoseEpochDay(ask.lastDose())
          .following((short) ask.next())
          .origin(origins.indexOf(ask.origin()) + 1)
          .atEpochSeconds(ask.at());
    }
    final OriginsEncoder into = batch.originsCount(origins.size());
    for (final Origin origin : origins) {
      into.next()
          .authority(origin.authority())
          .secondAuthority(origin.second())
          .ground(origin.ground())
          .ifVersion(origin.ifVersion());
    }
    return Arrays.copyOf(
        buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + batch.encodedLength());
  }

  static byte[] sheet(
      long clientId, long sequence, int kind, String name, Sheet sheet, Origin origin) {
    final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    final byte[] nameBytes = name.getBytes(StandardCharsets.ISO_8859_1);
    final byte[] content = sheet.content().getBytes(StandardCharsets.ISO_8859_1);
    final PutDocumentEncoder document =
        new PutDocumentEncoder()
            .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
            .clientId(clientId)
            .sequence(sequence)
            .kind((short) kind)
            .revision(sheet.revision())
            .authority(origin.authority())
            .secondAuthority(origin.second())
            .ground(origin.ground())
            .putName(nameBytes, 0, nameBytes.length)
            .putContent(content, 0, content.length);
    return Arrays.copyOf(
        buffer.byteArray(), MessageHeaderEncoder.ENCODED_LENGTH + document.encodedLength());
  }

  /** A message that is none. */
  static byte[] garbage(SplittableRandom random, long capacity, List<Ask> asks, Sheet sheet) {
    final byte[] whole =
        random.nextBoolean()
            ? batch(random.nextLong(), 1, capacity, asks)
            : sheet(random.nextLong(), 1, 5, "n", sheet, asks.get(0).origin());
    final UnsafeBuffer bytes = new UnsafeBuffer(whole);
    final int blockLength = bytes.getShort(0);
    switch (random.nextInt(4)) {
      case 0 -> {
        return Arrays.copyOf(whole, random.nextInt(whole.length));
      }
      case 1 -> bytes.putShort(2 * random.nextInt(4), (short) random.nextInt(1_000, 60_000));
      case 2 -> bytes.putShort(MessageHeaderEncoder.ENCODED_LENGTH + blockLength, (short) -1);
      default -> {
        final byte[] noise = new byte[random.nextInt(64)];
        for (int i = 0; i < noise.length; i++) {
          noise[i] = (byte) random.nextInt();
        }
        return noise;
      }
    }
    return whole;
  }

  public static byte[] frame(
      long firstVersion, long lastVersion, long digest, long timeMillis, byte[] message) {
    final int opening = MessageHeaderEncoder.ENCODED_LENGTH + FeedBatchEncoder.BLOCK_LENGTH;
    final UnsafeBuffer buffer = new UnsafeBuffer(new byte[opening + message.length]);
    new FeedBatchEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .firstVersion(firstVersion)
        .lastVersion(lastVersion)
        .digestAfter(digest)
        .clusterTimeMillis(timeMillis);
    buffer.putBytes(opening, message);
    return buffer.byteArray();
  }

  public static byte[] mark(long version, long digest, long timeMillis) {
    return mark(version, digest, timeMillis, History.NONE);
  }

  public static byte[] mark(long version, long digest, long timeMillis, History history) {
    final UnsafeBuffer buffer =
        new UnsafeBuffer(
            new byte[MessageHeaderEncoder.ENCODED_LENGTH + FeedMarkEncoder.BLOCK_LENGTH]);
    new FeedMarkEncoder()
        .wrapAndApplyHeader(buffer, 0, new MessageHeaderEncoder())
        .version(version)
        .digest(digest)
        .clusterTimeMillis(timeMillis)
        .historyHigh(history.high())
        .historyLow(history.low());
    return buffer.byteArray();
  }
}
