package gongbei.verifier.cli.history;

import gongbei.codec.transparency.TileDirectory;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TileSource;
import java.io.IOException;
import java.util.Optional;

/** Reads tiles and writes a copy of each, for a later check without the network. */
final class SavedTiles implements TileSource {
  private final TileSource source;
  private final TileDirectory into;

  SavedTiles(TileSource source, TileDirectory into) {
    this.source = source;
    this.into = into;
  }

  @Override
  public Optional<String> head() throws IOException {
    final Optional<String> head = source.head();
    if (head.isPresent()) {
      into.putHead(head.get());
    }
    return head;
  }

  @Override
  public Optional<String> snapshotNote() throws IOException {
    final Optional<String> note = source.snapshotNote();
    if (note.isPresent()) {
      into.putSnapshotNote(note.get());
    }
    return note;
  }

  @Override
  public Optional<byte[]> tile(TilePath path) throws IOException {
    final Optional<byte[]> tile = source.tile(path);
    if (tile.isPresent()) {
      into.put(path, tile.get());
    }
    return tile;
  }

  @Override
  public boolean keepsTiles() {
    return source.keepsTiles();
  }

  @Override
  public boolean computesLowest() {
    return source.computesLowest();
  }
}
