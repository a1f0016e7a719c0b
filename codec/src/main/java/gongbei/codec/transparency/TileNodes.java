package gongbei.codec.transparency;

import gongbei.codec.transparency.TransparencyException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes of a tree as its tiles have them, believed as they come: what is made of them is to be
 * held to a signed head. For one thread.
 */
public final class TileNodes implements NodeSource {
  private static final int CACHED_TILES = 64;

  private final TileSource source;
  private final long size;
  private final TreeHash hash = new TreeHash();
  private final Map<TilePath, byte[]> cached =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TilePath, byte[]> eldest) {
          return size() > CACHED_TILES;
        }
      };

  /**
   * @param size the tree's, by which the widths of the last tiles are known
   */
  public TileNodes(TileSource source, long size) {
    this.source = source;
    this.size = size;
  }

  /**
   * @throws UncheckedIOException where a tile can't be read
   */
  @Override
  public void node(int level, long index, byte[] into, int at) throws TransparencyException {
    final int above = level % TilePath.HEIGHT;
    final int count = 1 << above;
    final long first = index << above;
    final byte[] tile =
        tile(TilePath.in(level / TilePath.HEIGHT, first / TilePath.WIDTH, size)).clone();
    final int from = (int) (first % TilePath.WIDTH) * TreeHash.BYTES;
    if (from + count * TreeHash.BYTES > tile.length) {
      throw new TransparencyException(
          Reason.TILE_MISSING, "a tree of " + size + " has no node " + index + " of " + level);
    }
    hash.fold(tile, from, count, into, at);
  }

  private byte[] tile(TilePath path) throws TransparencyException {
    final byte[] known = cached.get(path);
    if (known != null) {
      return known;
    }
    final byte[] read = read(source, path);
    cached.put(path, read);
    return read;
  }

  /** Reads a tile of hashes that must be there. */
  static byte[] read(TileSource source, TilePath path) throws TransparencyException {
    final Optional<byte[]> read;
    try {
      read = source.tile(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (read.isEmpty()) {
      throw new TransparencyException(Reason.TILE_MISSING, path + " is not there");
    }
    if (read.get().length != path.width() * TreeHash.BYTES) {
      throw new TransparencyException(
          Reason.TILE_MALFORMED, path + " has " + read.get().length + " bytes");
    }
    return read.get();
  }
}
