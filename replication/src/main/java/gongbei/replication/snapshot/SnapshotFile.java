package gongbei.replication.snapshot;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.machine.ReplicatedState;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A snapshot in a file: each message after its length. */
public final class SnapshotFile {
  /** The file of what stands beside the holders, in a map's directory. */
  static final String BESIDE = "status.beside";

  private static final int MAX_MESSAGE_BYTES = 16 << 20;
  private static final int BUFFER_BYTES = 1 << 20;

  private SnapshotFile() {}

  /** Writes a snapshot so that it is there whole or not at all. */
  static void write(Path file, ReplicatedState state, long clusterTimeMillis, boolean withHolders)
      throws IOException {
    final Path draft = file.resolveSibling(file.getFileName() + ".draft");
    try (DataOutputStream bytes =
        new DataOutputStream(new BufferedOutputStream(outputTo(draft), BUFFER_BYTES))) {
      final MessageSink sink =
          (buffer, offset, length) -> {
            try {
              bytes.writeInt(length);
              write(bytes, buffer, offset, length);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      new SnapshotWriter(state, sink)
          .write(state.map().logPosition(), clusterTimeMillis, withHolders);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static OutputStream outputTo(Path draft) throws IOException {
    return Channels.newOutputStream(
        PrivateFiles.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE));
  }

  private static void write(DataOutputStream to, DirectBuffer buffer, int offset, int length)
      throws IOException {
    if (buffer.byteArray() != null) {
      to.write(buffer.byteArray(), buffer.wrapAdjustment() + offset, length);
    } else {
      final byte[] copy = new byte[length];
      buffer.getBytes(offset, copy);
      to.write(copy);
    }
  }

  /**
   * Reads a snapshot.
   *
   * @throws IllegalStateException when it is damaged
   */
  public static void read(Path file, SnapshotReader reader) throws IOException {
    try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      read(bytes, reader);
    }
  }

  /** Reads a snapshot: see {@link #read(Path, SnapshotReader)}. */
  public static void read(InputStream input, SnapshotReader reader) throws IOException {
    final DataInputStream bytes = new DataInputStream(input);
    try {
      while (!reader.isDone()) {
        final int length = bytes.readInt();
        if (length < 0 || length > MAX_MESSAGE_BYTES) {
          throw new IllegalStateException("the snapshot holds a message of " + length + " bytes");
        }
        final UnsafeBuffer message = new UnsafeBuffer(bytes.readNBytes(length));
        if (message.capacity() < length) {
          throw new EOFException();
        }
        reader.onMessage(message, 0, length);
      }
    } catch (EOFException e) {
      throw new IllegalStateException("the snapshot is cut short", e);
    }
  }
}
