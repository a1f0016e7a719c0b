package gongbei.verifier.access;

import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.ListFile;
import gongbei.verifier.config.ListFileEditor;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The keys of a file, one a line ({@link ListFile}). It is read anew when it changes, and whoever
 * changes it puts a new one in its place. Asking is for any thread; reloading is for one.
 */
public final class ApiKeys {
  private static final byte[] NO_HASH = new byte[32];

  private final Reloadable<InForce, ConfigException> reloadable;

  private record Known(ApiKey key, byte[] hash) {}

  /** The keys by their ids, and the lines of the file that are none. */
  private record InForce(Map<String, Known> keys, List<FaultyFile> faults) {}

  private ApiKeys(Reloadable<InForce, ConfigException> reloadable) {
    this.reloadable = reloadable;
  }

  /**
   * Reads a file of keys.
   *
   * @throws ConfigException when it, or a line of it, can't be used
   */
  public static ApiKeys ofFile(Path file) throws ConfigException {
    read(file);
    final ApiKeys keys =
        new ApiKeys(
            Reloadable.of(
                FollowedFiles.of(List.of(file), Limits.MAX_API_KEY_FILE_BYTES),
                (files, before) -> inForce(files.get(0)),
                fault -> new ConfigException(file + " " + FileFault.reasonOf(fault)),
                new InForce(Map.of(), List.of())));
    keys.reloadIfChanged();
    return keys;
  }

  private static InForce inForce(FileContent file) throws ConfigException {
    final ListFile<ApiKey> read = parse(file);
    final Map<String, Known> known = new HashMap<>();
    for (final ApiKey key : read.entries()) {
      known.put(key.id(), new Known(key, HexFormat.of().parseHex(key.hash())));
    }
    return new InForce(known, read.faults());
  }

  /**
   * Reads the file again if it has changed; lines at fault are left out.
   *
   * @return whether other keys are in force
   * @throws ConfigException when the file, or every line of it, can't be read; the keys before stay
   *     in force
   */
  public boolean reloadIfChanged() throws ConfigException {
    return reloadable.reloadIfChanged();
  }

  /** The lines of the file that are no key, as of what is in force. */
  public List<FaultyFile> faults() {
    return reloadable.current().faults();
  }

  /** How many keys are known. */
  public int size() {
    return reloadable.current().keys().size();
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
    final Known known = reloadable.current().keys().get(id);
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
    return parse(FileContent.read(file, Limits.MAX_API_KEY_FILE_BYTES)).orThrow().entries();
  }

  private static ListFile<ApiKey> parse(FileContent content) throws ConfigException {
    return ListFile.read(content, ApiKey::parse, ApiKey::id, "key");
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
    editor(file).requireThere();
    return change(file, before -> before.stream().filter(key -> !key.id().equals(id)).toList());
  }

  private static boolean change(Path file, UnaryOperator<List<ApiKey>> change)
      throws ConfigException {
    return editor(file).change(() -> read(file), change);
  }

  private static ListFileEditor<ApiKey> editor(Path file) {
    return new ListFileEditor<>(
        file,
        "# Keys for HTTP: id, roles, end, SHA-256 of the key, name",
        "rw-------",
        ApiKey::line);
  }
}
