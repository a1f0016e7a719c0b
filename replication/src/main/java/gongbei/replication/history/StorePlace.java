package gongbei.replication.history;

import gongbei.codec.file.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Where a history's bytes are: a directory of its own, or memory. */
interface StorePlace {
  /** Opens bytes of a name, which are made where there are none. */
  ByteStore open(String name) throws IOException;

  /** The names of all bytes that are there. */
  List<String> names() throws IOException;

  /** Reads a small text; empty where there is none. */
  Optional<String> text(String name) throws IOException;

  /** Writes a small text, whole or not at all. */
  void text(String name, String text) throws IOException;

  /** In memory. */
  static StorePlace memory() {
    return new StorePlace() {
      private final Map<String, String> texts = new ConcurrentHashMap<>();

      @Override
      public ByteStore open(String name) {
        return new MemoryBytes();
      }

      @Override
      public List<String> names() {
        return List.of();
      }

      @Override
      public Optional<String> text(String name) {
        return Optional.ofNullable(texts.get(name));
      }

      @Override
      public void text(String name, String text) {
        texts.put(name, text);
      }
    };
  }

  /** In a directory that the owner alone can read. */
  static StorePlace directory(Path directory) throws IOException {
    // A replica's data directory may not be there yet.
    PrivateFiles.directory(directory.toAbsolutePath().getParent());
    PrivateFiles.ownDirectory(directory);
    return files(directory, false);
  }

  /** In a directory, to be read alone. */
  static StorePlace readOnly(Path directory) {
    return files(directory, true);
  }

  private static StorePlace files(Path directory, boolean isReadOnly) {
    return new StorePlace() {
      @Override
      public ByteStore open(String name) throws IOException {
        return new FileBytes(directory.resolve(name), isReadOnly);
      }

      @Override
      public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
          return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
      }

      @Override
      public Optional<String> text(String name) throws IOException {
        try {
          return Optional.of(
              new String(Files.readAllBytes(directory.resolve(name)), StandardCharsets.UTF_8));
        } catch (NoSuchFileException e) {
          return Optional.empty();
        }
      }

      @Override
      public void text(String name, String text) throws IOException {
        PrivateFiles.replace(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
      }
    };
  }
}
