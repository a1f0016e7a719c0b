package gongbei.replication.cluster;

import gongbei.codec.file.PrivateFiles;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.machine.History;
import gongbei.replication.recording.RecordingCatalog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.OptionalLong;
import org.agrona.IoUtil;

/**
 * What a data directory says of itself in small files: which node it is, of which history, and
 * whether it was made from a backup. One node at a time, which holds the directory's lock, writes
 * them; {@link #requireFor} is for whoever is about to open it.
 */
final class DataDirectory {
  /** Where a log that is of another history than its cluster's is kept. */
  private static final String SET_ASIDE = "set-aside";

  private static final String NODE_FILE = "node.kind";
  private static final String HISTORY_FILE = "history";
  private static final String RESTORED_FILE = "history.restored";
  private static final String BESIDE_FILE = "status.beside";
  private static final String REPLICA = "replica";
  private static final String SINGLE = "single";
  private static final String MEMBER = "member";

  private final Path directory;

  DataDirectory(Path directory) {
    this.directory = directory;
  }

  /** The node that a member's context is of. */
  private static String nodeOf(ClusterContext context) {
    return context.isAlone() ? SINGLE : MEMBER + " " + context.memberId();
  }

  /**
   * Requires that the directory is nobody's, or that of the node that a context is of. A member may
   * go on with the directory of a single node, which its cluster takes the log of.
   *
   * @throws IOException where it is another's; the message says whose
   */
  static void requireFor(ClusterContext context, boolean isReplica) throws IOException {
    new DataDirectory(context.directory()).require(isReplica ? REPLICA : nodeOf(context));
  }

  /** Requires the same, and writes down whose it is from now on. */
  static DataDirectory claim(ClusterContext context, boolean isReplica) throws IOException {
    requireFor(context, isReplica);
    final DataDirectory claimed = new DataDirectory(context.directory());
    final String node = isReplica ? REPLICA : nodeOf(context);
    if (!claimed.read(NODE_FILE).equals(Optional.of(node))) {
      claimed.write(NODE_FILE, node);
    }
    return claimed;
  }

  private void require(String node) throws IOException {
    final String owner = owner();
    final boolean isTaken =
        owner.isEmpty()
            || owner.equals(node)
            || (owner.equals(SINGLE) && node.startsWith(MEMBER))
            || (owner.equals(MEMBER) && node.startsWith(MEMBER));
    if (!isTaken) {
      throw new IOException(directory + " is " + words(owner) + "'s, not " + words(node) + "'s");
    }
  }

  private static String words(String node) {
    return node.contains(" ") ? node : "a " + (node.equals(SINGLE) ? "single node" : node);
  }

  /** Whose it is; empty where it is nobody's, or that can't be told. */
  private String owner() throws IOException {
    final Optional<String> written = read(NODE_FILE);
    if (written.isPresent()) {
      return written.get();
    }
    // An earlier version of Gongbei wrote nothing down.
    final boolean hasLog = Files.exists(directory.resolve("cluster").resolve("recording.log"));
    if (!hasLog) {
      return Files.exists(directory.resolve(BESIDE_FILE)) ? REPLICA : "";
    }
    if (Files.exists(directory.resolve(RESTORED_FILE))) {
      return "";
    }
    try (RecordingCatalog catalog = RecordingCatalog.of(directory.resolve("archive"))) {
      return catalog.hasLogOfMember() ? MEMBER : SINGLE;
    }
  }

  /** The history that the directory's node was of when it last said so. */
  Optional<History> history() throws IOException {
    return read(HISTORY_FILE).flatMap(History::ofHex);
  }

  /** Writes down the history that the node is of. */
  void history(History history) throws IOException {
    write(HISTORY_FILE, history.toHex());
  }

  /** Says that the directory was made from a backup, and goes on as another history. */
  static void markRestored(Path directory) throws IOException {
    new DataDirectory(directory).write(RESTORED_FILE, "");
  }

  /**
   * Where the log of the backup ended that the directory was made from, while its own history has
   * not begun.
   *
   * @param logEnd how far the log goes now: where it is asked for the first time, that is the end
   */
  OptionalLong restoredUpTo(long logEnd) throws IOException {
    final Optional<String> written = read(RESTORED_FILE);
    if (written.isEmpty()) {
      return OptionalLong.empty();
    }
    if (written.get().isEmpty()) {
      write(RESTORED_FILE, Long.toString(logEnd));
      return OptionalLong.of(logEnd);
    }
    try {
      return OptionalLong.of(Long.parseLong(written.get()));
    } catch (NumberFormatException e) {
      throw new IOException(directory.resolve(RESTORED_FILE) + " is damaged", e);
    }
  }

  /** Says that the history has begun that the directory goes on as. */
  void endRestored() throws IOException {
    Files.deleteIfExists(directory.resolve(RESTORED_FILE));
  }

  /** Says, for a log line, where {@link #setAside} puts the log and what follows. */
  String settingAside() {
    return "its log is set aside in "
        + directory.resolve(SET_ASIDE)
        + ", and it takes the others' state";
  }

  /**
   * Takes log and snapshots out of use: they are of another history than the cluster's. The first
   * that are set aside are kept, as a backup that {@code restore} takes; what comes after them is
   * what the cluster gave, and is deleted.
   */
  void setAside() throws IOException {
    final Path aside = directory.resolve(SET_ASIDE);
    final boolean isFirst = !Files.exists(aside);
    if (isFirst) {
      PrivateFiles.directory(aside);
    }
    for (final String part : new String[] {"archive", "cluster"}) {
      final Path own = directory.resolve(part);
      if (isFirst && Files.exists(own)) {
        Files.move(own, aside.resolve(part), StandardCopyOption.ATOMIC_MOVE);
      } else if (Files.exists(own)) {
        IoUtil.delete(own.toFile(), false);
      }
    }
    Files.deleteIfExists(directory.resolve(HISTORY_FILE));
    Files.deleteIfExists(directory.resolve(RESTORED_FILE));
  }

  private Optional<String> read(String name) throws IOException {
    final Path file = directory.resolve(name);
    // Whoever opens the directory says better what is wrong with it.
    return Files.isRegularFile(file)
        ? Optional.of(Files.readString(file).strip())
        : Optional.empty();
  }

  private void write(String name, String content) throws IOException {
    PrivateFiles.replace(
        directory.resolve(name), (content + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
