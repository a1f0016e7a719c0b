package gongbei.codec.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Tells when files have changed. They have where a name came or went, or where the content of a
 * name is another: compared by SHA-256, so that neither a time that was set back nor a rewrite of
 * the same size within a second is missed, and a file that was only touched is no news.
 *
 * <p>Content is read again unless the inode, size, modification time and change time of every file
 * are those of the last look, and the change times were over {@value #SETTLED_MILLIS} ms old then.
 * The change time (POSIX {@code st_ctim}) is the kernel's: a program can't set it back as it can
 * the modification time. A younger one may hide a second write within one tick of the file system's
 * clock. Where a file system has no change time, content is read at every look.
 *
 * <p>Of a directory, files whose names open with a dot are none: editors, archivers and Kubernetes
 * keep their own things so. Symbolic links are followed. For one thread.
 */
public final class FollowedFiles {
  private static final long SETTLED_MILLIS = 2_000;
  private static final String UNIX_VIEW = "unix";
  private static final String UNIX_STAMP = "unix:dev,ino,size,lastModifiedTime,ctime";

  private final List<Path> named;
  private final Optional<Path> directory;
  private final Set<String> folders;
  private final Set<String> endings;
  private final int maxFiles;
  private final int maxBytes;
  private Map<Path, State> accepted;
  private Map<Path, State> found = Map.of();
  private List<Path> passedOver = List.of();

  /**
   * A file at one look.
   *
   * @param stamp what its inode said; null where that is not known
   * @param settled whether an equal stamp means equal content
   * @param digest SHA-256 of its content, or its fault in words
   */
  private record State(Map<String, Object> stamp, boolean settled, Object digest) {
    boolean isSurely(Map<String, Object> now) {
      return settled && stamp.equals(now);
    }
  }

  private FollowedFiles(
      List<Path> named,
      Optional<Path> directory,
      Set<String> folders,
      Set<String> endings,
      int maxFiles,
      int maxBytes) {
    this.named = List.copyOf(named);
    this.directory = directory;
    this.folders = Set.copyOf(folders);
    this.endings = Set.copyOf(endings);
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /**
   * Follows files by their names.
   *
   * @param maxBytes a longer one is at fault
   */
  public static FollowedFiles of(List<Path> files, int maxBytes) {
    return new FollowedFiles(files, Optional.empty(), Set.of(), Set.of(), 0, maxBytes);
  }

  /**
   * Follows the files of a directory.
   *
   * @param endings what their names end with, dot included and in small letters; capital ones are
   *     the same
   * @param maxFiles more of them are a fault of the directory
   * @param maxBytes a longer file is at fault
   */
  public static FollowedFiles ofDirectory(
      Path directory, Set<String> endings, int maxFiles, int maxBytes) {
    return new FollowedFiles(
        List.of(), Optional.of(directory), Set.of(), endings, maxFiles, maxBytes);
  }

  /** Follows these files and those of a directory too. */
  public FollowedFiles andDirectory(Path more, Set<String> moreEndings, int moreFiles) {
    return new FollowedFiles(named, Optional.of(more), Set.of(), moreEndings, moreFiles, maxBytes);
  }

  /** Follows the files of these directories within the directory too, those of them that exist. */
  public FollowedFiles andFolders(Set<String> names) {
    return new FollowedFiles(named, directory, names, endings, maxFiles, maxBytes);
  }

  /**
   * Looks at the files.
   *
   * @return all of them, those named first and those of the directory in the order of their names;
   *     empty where nothing has changed since what was last {@linkplain #accept accepted}
   * @throws IOException when the directory can't be listed
   */
  public Optional<List<FileContent>> changed() throws IOException {
    final List<Path> paths = list();
    final long now = System.currentTimeMillis();
    final Map<Path, Map<String, Object>> stamps = new TreeMap<>();
    boolean isSame = accepted != null && accepted.size() == Set.copyOf(paths).size();
    for (final Path path : paths) {
      final Map<String, Object> stamp = stamp(path);
      stamps.put(path, stamp);
      isSame = isSame && accepted.containsKey(path) && accepted.get(path).isSurely(stamp);
    }
    if (isSame) {
      return Optional.empty();
    }
    final List<FileContent> contents = new ArrayList<>(paths.size());
    final Map<Path, State> states = new TreeMap<>();
    for (final Path path : paths) {
      final FileContent content = FileContent.read(path, maxBytes);
      if (content.fault() instanceof NoSuchFileException && isListedAndGone(path)) {
        continue;
      }
      final Map<String, Object> stamp = stamps.get(path);
      contents.add(content);
      states.put(
          path,
          new State(stamp, content.fault() == null && isSettled(stamp, now), digest(content)));
    }
    found = states;
    if (accepted != null && digests(accepted).equals(digests(found))) {
      accepted = found;
      return Optional.empty();
    }
    return Optional.of(contents);
  }

  /** Takes what the last look found as known: only what differs from it is a change. */
  public void accept() {
    accepted = found;
  }

  /** What the last look saw in the directory and did not read: other endings, and directories. */
  public List<Path> passedOver() {
    return passedOver;
  }

  private List<Path> list() throws IOException {
    if (directory.isEmpty()) {
      return named;
    }
    final List<Path> others = new ArrayList<>();
    final List<Path> paths = new ArrayList<>();
    list(directory.get(), folders, paths, others);
    if (paths.size() > maxFiles) {
      throw new FileSystemException(
          directory.get().toString(), null, "it holds more than " + maxFiles + " files");
    }
    passedOver = List.copyOf(others);
    paths.addAll(0, named);
    return paths;
  }

  private void list(Path from, Set<String> within, List<Path> paths, List<Path> others)
      throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (final Path path : (Iterable<Path>) entries.sorted()::iterator) {
        final String name = path.getFileName().toString();
        if (name.startsWith(".")) {
          continue;
        }
        if (within.contains(name) && Files.isDirectory(path)) {
          list(path, Set.of(), paths, others);
        } else if (endings.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
          paths.add(path);
        } else {
          others.add(path);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Whether a file went away after it was listed; a link that leads nowhere is still there. */
  private boolean isListedAndGone(Path path) {
    return !named.contains(path) && !Files.isSymbolicLink(path);
  }

  /** What the inode says; null where the file or the file system does not tell. */
  private static Map<String, Object> stamp(Path path) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains(UNIX_VIEW)) {
      return null;
    }
    try {
      return Map.copyOf(Files.readAttributes(path, UNIX_STAMP));
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean isSettled(Map<String, Object> stamp, long nowMillis) {
    return stamp != null && ((FileTime) stamp.get("ctime")).toMillis() < nowMillis - SETTLED_MILLIS;
  }

  private static Object digest(FileContent content) {
    if (content.fault() != null) {
      return content.fault().toString();
    }
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(content.bytes()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static Map<Path, Object> digests(Map<Path, State> states) {
    final Map<Path, Object> digests = new TreeMap<>();
    states.forEach((path, state) -> digests.put(path, state.digest()));
    return digests;
  }
}
