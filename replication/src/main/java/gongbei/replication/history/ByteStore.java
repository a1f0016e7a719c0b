package gongbei.replication.history;

import java.io.IOException;

/**
 * Bytes at positions that are written once, mostly at the end, and read by any thread; what was
 * never written before the end is zero. Writing is for one thread.
 */
interface ByteStore extends AutoCloseable {
  /** Writes bytes at a position. */
  void write(long position, byte[] from, int offset, int length) throws IOException;

  /**
   * Reads bytes at a position.
   *
   * @return whether they were all there
   */
  boolean read(long position, byte[] into, int offset, int length) throws IOException;

  /** The bytes up to the end. */
  long length() throws IOException;

  /** Takes off what is behind a position. */
  void truncate(long position) throws IOException;

  /** Has what was written reach the disk. */
  void force() throws IOException;

  /** Closes it and takes its bytes away. */
  void delete() throws IOException;

  @Override
  void close() throws IOException;
}
