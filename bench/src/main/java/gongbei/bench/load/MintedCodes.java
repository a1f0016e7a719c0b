package gongbei.bench.load;

import gongbei.verifier.protocol.ReasonCode;
import gongbei.verifier.rules.Reason;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file of codes with the reason that each has to be answered with, memory-mapped and read from
 * its start to its end and then from its start again. A record is two bytes of length, the reason
 * as the scanner protocol has it, and the code's ASCII. For one thread.
 */
final class MintedCodes implements Questions {
  private static final int MAGIC = 0x47424331;
  private static final int HEADER_BYTES = 8;
  private static final int RECORD_HEADER_BYTES = 3;

  private final ByteBuffer file;
  private final int count;
  private int position = HEADER_BYTES;
  private int offset;
  private int length;
  private int expected;

  private MintedCodes(ByteBuffer file) {
    this.file = file;
    count = file.getInt(Integer.BYTES);
  }

  /**
   * @throws IOException when it can't be read or is no such file
   */
  static MintedCodes open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new IOException(path + " is over 2 GiB");
      }
      final ByteBuffer file =
          channel
              .map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
              .load()
              .order(ByteOrder.BIG_ENDIAN);
      if (file.capacity() <= HEADER_BYTES || file.getInt(0) != MAGIC) {
        throw new IOException(path + " is no file of minted codes");
      }
      return new MintedCodes(file);
    }
  }

  /** How many different codes there are. */
  int count() {
    return count;
  }

  @Override
  public void next() {
    if (position == file.limit()) {
      position = HEADER_BYTES;
    }
    length = file.getShort(position);
    expected = file.get(position + Short.BYTES) & 0xff;
    offset = position + RECORD_HEADER_BYTES;
    position = offset + length;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int expected() {
    return expected;
  }

  @Override
  public void copyTo(byte[] target, int at) {
    file.get(offset, target, at, length);
  }

  /** Writes such a file. For one thread. */
  static final class Writer implements AutoCloseable {
    private final Path path;
    private final DataOutputStream output;
    private int count;

    Writer(Path path) throws IOException {
      this.path = path;
      output = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(path), 1 << 20));
      output.writeInt(MAGIC);
      output.writeInt(0);
    }

    void write(byte[] code, Reason expected) throws IOException {
      output.writeShort(code.length);
      output.writeByte(ReasonCode.valueOf(expected.name()).value());
      output.write(code);
      count++;
    }

    @Override
    public void close() throws IOException {
      output.close();
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate(Integer.BYTES).putInt(0, count), Integer.BYTES);
      }
    }
  }
}
