package gongbei.replication.history;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Bytes in memory, for a node that keeps nothing on disk. */
final class MemoryBytes implements ByteStore {
  private static final int CHUNK = 1 << 16;

  private final Map<Long, byte[]> chunks = new ConcurrentHashMap<>();
  private volatile long length;

  @Override
  public void write(long position, byte[] from, int offset, int count) {
    int done = 0;
    while (done < count) {
      final long at = position + done;
      final int in = (int) (at % CHUNK);
      final int taken = Math.min(count - done, CHUNK - in);
      final byte[] chunk = chunks.computeIfAbsent(at / CHUNK, number -> new byte[CHUNK]);
      System.arraycopy(from, offset + done, chunk, in, taken);
      done += taken;
    }
    length = Math.max(length, position + count);
  }

  @Override
  public boolean read(long position, byte[] into, int offset, int count) {
    if (position + count > length) {
      return false;
    }
    int done = 0;
    while (done < count) {
      final long at = position + done;
      final int in = (int) (at % CHUNK);
      final int taken = Math.min(count - done, CHUNK - in);
      final byte[] chunk = chunks.get(at / CHUNK);
      for (int i = 0; i < taken; i++) {
        into[offset + done + i] = chunk == null ? 0 : chunk[in + i];
      }
      done += taken;
    }
    return true;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void truncate(long position) {
    length = Math.min(length, position);
  }

  @Override
  public void force() {
    // Memory is all that there is.
  }

  @Override
  public void delete() {
    length = 0;
    chunks.clear();
  }

  @Override
  public void close() {
    // Whoever reads it still may.
  }
}
