package gongbei.replication.history;

import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Bytes in a file that its owner alone can read. */
final class FileBytes implements ByteStore {
  private final Path file;
  private final FileChannel channel;

  FileBytes(Path file, boolean isReadOnly) throws IOException {
    this.file = file;
    channel =
        isReadOnly
            ? FileChannel.open(file, StandardOpenOption.READ)
            : PrivateFiles.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  @Override
  public void write(long position, byte[] from, int offset, int length) throws IOException {
    final ByteBuffer bytes = ByteBuffer.wrap(from, offset, length);
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  @Override
  public boolean read(long position, byte[] into, int offset, int length) throws IOException {
    final ByteBuffer bytes = ByteBuffer.wrap(into, offset, length);
    long at = position;
    while (bytes.hasRemaining()) {
      final int read = channel.read(bytes, at);
      if (read < 0) {
        return false;
      }
      at += read;
    }
    return true;
  }

  @Override
  public long length() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long position) throws IOException {
    channel.truncate(position);
  }

  @Override
  public void force() throws IOException {
    channel.force(false);
  }

  @Override
  public void delete() throws IOException {
    channel.close();
    Files.deleteIfExists(file);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
