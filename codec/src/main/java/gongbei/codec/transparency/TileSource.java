package gongbei.codec.transparency;

import java.io.IOException;
import java.util.Optional;

/** Where a history's tiles and signed head are: a directory, an address, a node's own files. */
public interface TileSource {
  /**
   * Reads the newest signed head.
   *
   * @return the note; empty where there is none
   * @throws IOException where it can't be read; the message says why
   */
  Optional<String> head() throws IOException;

  /**
   * Reads the head that was signed at the newest snapshot.
   *
   * @return the note; empty where there is none
   * @throws IOException where it can't be read; the message says why
   */
  default Optional<String> snapshotNote() throws IOException {
    return Optional.empty();
  }

  /**
   * Reads a tile or a bundle of entries.
   *
   * @return its bytes; empty where it is not there
   * @throws IOException where it can't be read; the message says why
   */
  Optional<byte[]> tile(TilePath path) throws IOException;

  /**
   * Whether tiles are kept by themselves rather than computed as they are read: one that is kept is
   * read even where it must be of before the history.
   */
  default boolean keepsTiles() {
    return false;
  }

  /** Whether the lowest tiles are computed from the entries: what is wrong then is an entry. */
  default boolean computesLowest() {
    return false;
  }
}
