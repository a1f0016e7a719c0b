package gongbei.replication;

import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.replication.command.ChangeOrigin;
import gongbei.replication.command.CommandBatches;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.command.Link;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.log.Submission;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusStamp;
import gongbei.replication.map.Subject;
import gongbei.replication.snapshot.SnapshotFile;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.snapshot.SnapshotWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What comes to the replicated state from elsewhere, for fuzzing. */
public final class ReplicationInputs {
  private static final long CAPACITY = 64;
  private static final int MAX_MESSAGES = 2_000;

  private final StatusMap map = StatusMap.inMemory(CAPACITY);
  private final ReplicatedState state = new ReplicatedState(map);
  private int messages;

  public ReplicationInputs() {
    state.protocol(ReplicatedState.PROTOCOL);
  }

  private void reset() {
    state.reset();
    state.protocol(ReplicatedState.PROTOCOL);
  }

  /** Applies a message of the log, which must leave the state whole whatever it holds. */
  public void message(byte[] input) {
    final long before = map.version();
    final UnsafeBuffer message = new UnsafeBuffer(input.clone());
    final int given;
    try {
      given = state.apply(message, 0, input.length);
    } catch (IllegalStateException e) {
      if (e.getMessage().startsWith("the status map has room for ")) {
        reset();
        return;
      }
      throw e;
    }
    require(given >= 0 && map.version() == before + given, "versions are not dense");
    require(state.replyLength() > 0, "there is no reply");
    require(map.digest() == map.recomputeDigest(), "the digest is not that of the entries");
    if (++messages % MAX_MESSAGES == 0) {
      reset();
    }
  }

  /** Reads a snapshot's file, which must be refused or be what it says. */
  public void snapshot(byte[] input) throws IOException {
    final SnapshotReader reader = new SnapshotReader(state);
    try {
      SnapshotFile.read(new ByteArrayInputStream(input), reader);
      require(map.digest() == map.recomputeDigest(), "the digest is not that of the entries");
    } catch (IllegalStateException e) {
      require(e.getMessage() != null, "a refusal says nothing");
    } finally {
      reset();
    }
  }

  /** Reads a stamp, which must be refused or be written again as it was. */
  public static void stamp(byte[] input) {
    final String line = new String(input, StandardCharsets.ISO_8859_1);
    StatusStamp.parse(line)
        .ifPresent(stamp -> require(stamp.line().equals(line), "a stamp is read as another"));
  }

  /** A stamp. */
  public static byte[] aStamp() {
    return new StatusStamp(7, 8, 9, 10, 11, 12).line().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Messages of every kind. */
  public static List<byte[]> someMessages() {
    final Subject ann = new Subject(1, 1);
    final List<byte[]> all = new ArrayList<>();
    all.add(
        bytes(
            CommandBatches.encode(
                7,
                1,
                CAPACITY,
                List.of(
                    StatusCommand.SetStatus.of(ann)
                        .colour(Colour.YELLOW)
                        .test(TestResult.NEGATIVE, 100)
                        .doses(2)
                        .lastDoseEpochDay(18_000)
                        .flags(1)
                        .build(),
                    StatusCommand.SetStatus.of(ann)
                        .colour(Colour.RED)
                        .until(28_000_060)
                        .next(Colour.YELLOW)
                        .origin(new ChangeOrigin(7, GroundTable.CLOSE_CONTACT, 9))
                        .build(),
                    new StatusCommand.SetTestResult(ann, TestResult.POSITIVE, 101),
                    StatusCommand.Visit.of(ann)
                        .colour(Colour.GREEN)
                        .test(TestResult.NEGATIVE, 102)
                        .doses(3)
                        .linked(true)
                        .sourceEpochSeconds(1_000)
                        .build(),
                    new StatusCommand.Revoke(ann, 5)))));
    all.add(bytes(document(9, DocumentCommand.link(ann, new Link(ann, 5, 1, 2)))));
    all.add(bytes(document(10, DocumentCommand.group(ann, new byte[32]))));
    all.add(
        bytes(
            document(
                8, DocumentCommand.grounds(GroundTable.of(1, GroundTable.DEFAULT.grounds())))));
    all.add(bytes(document(11, DocumentCommand.ruleset("metro", 3, "name: metro"))));
    return all;
  }

  /** The first message of a client. */
  private static DirectBuffer document(long client, DocumentCommand command) {
    return Submission.of(command).encode(client, 1, 100);
  }

  /** A snapshot of a few holders. */
  public static byte[] aSnapshot() {
    try (StatusMap filled = StatusMap.inMemory(CAPACITY)) {
      final ReplicatedState whole = new ReplicatedState(filled);
      whole.protocol(ReplicatedState.PROTOCOL);
      for (final byte[] message : someMessages()) {
        whole.apply(new UnsafeBuffer(message), 0, message.length);
      }
      final ByteArrayOutputStream out = new ByteArrayOutputStream();
      final DataOutputStream data = new DataOutputStream(out);
      new SnapshotWriter(
              whole,
              (buffer, offset, length) -> {
                final byte[] copy = new byte[length];
                buffer.getBytes(offset, copy);
                try {
                  data.writeInt(length);
                  data.write(copy);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .write(64, 1_000, true);
      return out.toByteArray();
    }
  }

  private static byte[] bytes(DirectBuffer buffer) {
    final byte[] bytes = new byte[buffer.capacity()];
    buffer.getBytes(0, bytes);
    return bytes;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
