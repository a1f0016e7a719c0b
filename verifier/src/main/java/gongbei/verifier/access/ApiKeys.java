package gongbei.verifier.access;

import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.TextFile;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The keys of a file, one a line; lines that open with {@code #} are passed over. It is read anew
 * as a whole or not at all, and whoever changes it puts a new one in its place. Asking is for any
 * thread; reloading is for one.
 */
public final class ApiKeys {
  private static final byte[] NO_HASH = new byte[32];

  private final Path file;
  private volatile Map<String, Known> keys = Map.of();
  private Object seen;

  private record Known(ApiKey key, byte[] hash) {}

  private record Stamp(Object inode, Object modified, long bytes) {}

  private ApiKeys(Path file) {
    this.file = file;
  }

  /**
   * Reads a file of keys.
   *
   * @throws ConfigException when it can't be used
   */
  public static ApiKeys ofFile(Path file) throws ConfigException {
    final ApiKeys keys = new ApiKeys(file);
    keys.reloadIfChanged();
    return keys;
  }

  /**
   * Reads the file again if it has changed.
   *
   * @return whether other keys are in force
   * @throws ConfigException when it can't be used; the keys before stay in force
   */
  public boolean reloadIfChanged() throws ConfigException {
    try {
      final BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      final Stamp stamp = new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
      if (stamp.equals(seen)) {
        return false;
      }
      final Map<String, Known> known = new HashMap<>();
      for (final ApiKey key : read(file)) {
        known.put(key.id(), new Known(key, HexFormat.of().parseHex(key.hash())));
      }
      keys = known;
      seen = stamp;
      return true;
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
  }

  /** How many keys are known. */
  public int size() {
    return keys.size();
  }

  /**
   * Finds a key by its text, in a time that tells nothing of which characters are wrong.
   *
   * @return null where it is no key, or one that is not known
   */
  public ApiKey find(String text) {
    final String id = ApiKey.idIn(text);
    if (id == null) {
      return null;
    }
    final Known known = keys.get(id);
    final boolean same =
        MessageDigest.isEqual(known == null ? NO_HASH : known.hash, ApiKey.hashOf(text));
    return same && known != null ? known.key : null;
  }

  /**
   * The keys of a file in its order.
   *
   * @throws ConfigException when it, or a line of it, can't be read
   */
  public static List<ApiKey> read(Path file) throws ConfigException {
    final List<String> lines;
    try {
      if (Files.size(file) > Limits.MAX_API_KEY_FILE_BYTES) {
        throw new ConfigException(
            file + " is longer than " + Limits.MAX_API_KEY_FILE_BYTES + " bytes");
      }
      lines = TextFile.lines(file);
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
    final Map<String, ApiKey> keys = new LinkedHashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      final String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          final ApiKey key = ApiKey.parse(line);
          if (keys.put(key.id(), key) != null) {
            throw new IllegalArgumentException("has an id that stands above");
          }
        } catch (IllegalArgumentException e) {
          throw new ConfigException(file + " line " + (i + 1) + " " + e.getMessage());
        }
      }
    }
    return List.copyOf(keys.values());
  }

  /**
   * Adds a key to a file, which is made where it is missing.
   *
   * @throws ConfigException when it can't be changed
   */
  public static void add(Path file, ApiKey key) throws ConfigException {
    change(
        file,
        before -> {
          final List<ApiKey> after = new ArrayList<>(before);
          after.add(key);
          return after;
        });
  }

  /**
   * Takes a key out of a file.
   *
   * @return false where it has none of that id
   * @throws ConfigException when it can't be changed
   */
  public static boolean remove(Path file, String id) throws ConfigException {
    if (!Files.exists(file)) {
      throw new ConfigException(file + " does not exist");
    }
    return change(file, before -> before.stream().filter(key -> !key.id().equals(id)).toList());
  }

  private static boolean change(Path file, UnaryOperator<List<ApiKey>> change)
      throws ConfigException {
    try (FileChannel channel =
            FileChannel.open(
                file.resolveSibling(file.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      final List<ApiKey> before =
          lock.isValid() && Files.exists(file) ? read(file) : List.<ApiKey>of();
      final List<ApiKey> after = change.apply(before);
      if (after.equals(before)) {
        return false;
      }
      final StringBuilder text =
          new StringBuilder("# Keys for HTTP: id, roles, end, SHA-256 of the key, name\n");
      after.forEach(key -> text.append(key.line()).append('\n'));
      final Path draft = file.resolveSibling(file.getFileName() + ".draft");
      Files.deleteIfExists(draft);
      KeyGeneration.writeSecret(draft, text.toString());
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
  }
}
