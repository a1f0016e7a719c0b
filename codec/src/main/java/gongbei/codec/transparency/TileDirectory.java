package gongbei.codec.transparency;

import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Tiles and signed head as files of a directory, laid out as their paths are. */
public final class TileDirectory implements TileSource {
  /** The name of the signed head. */
  public static final String HEAD = "checkpoint";

  /** The name of the head that was signed at the newest snapshot. */
  public static final String SNAPSHOT_HEAD = "checkpoint-snapshot";

  private static final int MAX_TILE_BYTES = 1 << 16;

  private final Path directory;

  public TileDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Optional<String> head() throws IOException {
    return read(directory.resolve(HEAD)).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public Optional<String> snapshotNote() throws IOException {
    return read(directory.resolve(SNAPSHOT_HEAD))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  @Override
  public Optional<byte[]> tile(TilePath path) throws IOException {
    return read(directory.resolve(path.text()));
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    try {
      if (Files.size(file) > MAX_TILE_BYTES) {
        return Optional.of(new byte[0]);
      }
      return Optional.of(Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public boolean keepsTiles() {
    return true;
  }

  /** Writes a tile. */
  public void put(TilePath path, byte[] bytes) throws IOException {
    write(directory.resolve(path.text()), bytes);
  }

  /** Writes the signed head. */
  public void putHead(String note) throws IOException {
    write(directory.resolve(HEAD), note.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the head that was signed at the newest snapshot. */
  public void putSnapshotNote(String note) throws IOException {
    write(directory.resolve(SNAPSHOT_HEAD), note.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    PrivateFiles.replace(file, bytes);
  }
}
