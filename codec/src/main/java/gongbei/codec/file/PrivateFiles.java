package gongbei.codec.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes files and directories that their owner alone can read and write, whatever the umask, and
 * tells whether one that is there is so. Where a file system knows no POSIX modes nothing is set
 * and nothing found at fault. For any thread.
 */
public final class PrivateFiles {
  private static final String MODE = "unix:mode";
  private static final String OWNER = "unix:uid";
  private static final int PERMISSIONS = 0777;
  private static final int OTHERS = 0007;
  private static final int GROUP_OR_OTHERS = 0077;

  /** What a secret may not be by its mode where it is another user's, read by its group. */
  private static final int MORE_THAN_GROUP_READS = 0037;

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");
  private static final Pattern EFFECTIVE_UID = Pattern.compile("(?m)^Uid:\\s+\\d+\\s+(\\d+)");
  private static final Path OWN_STATUS = Path.of("/proc/self/status");

  private PrivateFiles() {}

  /**
   * Makes a directory, and those above it that are missing, or takes the access of others from one
   * that is there and this user's.
   *
   * @throws IOException where it is no directory, or another user's and open to others: it says so
   */
  public static void directory(Path directory) throws IOException {
    if (!isPosix(directory)) {
      Files.createDirectories(directory);
      return;
    }
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    }
    final int mode = attribute(directory, MODE);
    if (isOwn(directory)) {
      if ((mode & GROUP_OR_OTHERS) != 0) {
        Files.setPosixFilePermissions(directory, DIRECTORY);
      }
    } else if ((mode & OTHERS) != 0) {
      // A volume's directory may be root's, and this process's by its group alone.
      throw fault(directory, "is another user's and open to all" + modeOf(mode) + ": chmod o=");
    }
  }

  /**
   * Makes a directory that nobody had before, or takes one that is this user's.
   *
   * @throws IOException where somebody else has made it, or a link, in its place
   */
  public static void ownDirectory(Path directory) throws IOException {
    if (!isPosix(directory)) {
      Files.createDirectories(directory);
      return;
    }
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw fault(directory, "is no directory");
      }
      if (!isOwn(directory)) {
        throw fault(directory, "belongs to another user");
      }
    }
    Files.setPosixFilePermissions(directory, DIRECTORY);
  }

  /** Opens a file, which is made for its owner alone, or becomes so where it is this user's. */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    if (!isPosix(file)) {
      return FileChannel.open(file, options);
    }
    final FileAttribute<?> own = PosixFilePermissions.asFileAttribute(FILE);
    final FileChannel channel = FileChannel.open(file, Set.of(options), own);
    try {
      closeToOthers(file);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Writes a new file, for its owner alone. */
  public static void writeNew(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      writeAll(channel, content);
    }
  }

  /** Writes a file, for its owner alone, so that it is there whole or as it was before. */
  public static void replace(Path file, byte[] content) throws IOException {
    final Path draft = file.resolveSibling(file.getFileName() + ".draft");
    try (FileChannel channel =
        open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, content);
      channel.force(true);
    }
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void writeAll(FileChannel channel, byte[] content) throws IOException {
    final ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Takes the access of others from a file that is this user's. */
  public static void closeToOthers(Path file) throws IOException {
    if (isPosix(file) && isOwn(file) && (attribute(file, MODE) & GROUP_OR_OTHERS) != 0) {
      Files.setPosixFilePermissions(file, FILE);
    }
  }

  /**
   * Requires that nobody but this user can read a secret. One that is another user's, as root's in
   * a volume of Kubernetes, may be read by a group, since that is how this process reads it.
   *
   * @throws IOException where others can read it: says by which mode, and what to do
   */
  public static void requireSecret(Path file) throws IOException {
    if (!isPosix(file)) {
      return;
    }
    final int mode;
    final boolean isOwn;
    try {
      mode = attribute(file, MODE);
      isOwn = isOwn(file);
    } catch (NoSuchFileException e) {
      // Whoever reads it says that better.
      return;
    }
    if ((mode & (isOwn ? GROUP_OR_OTHERS : MORE_THAN_GROUP_READS)) != 0) {
      throw fault(
          file,
          "others can read it"
              + modeOf(mode)
              + ", and it is secret: chmod "
              + (isOwn ? "600" : "440"));
    }
  }

  private static String modeOf(int mode) {
    return String.format(Locale.ROOT, " (mode %04o)", mode & PERMISSIONS);
  }

  private static FileSystemException fault(Path path, String reason) {
    return new FileSystemException(path.toString(), null, reason);
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("unix");
  }

  private static int attribute(Path path, String name) throws IOException {
    return (Integer) Files.getAttribute(path, name);
  }

  /** Whether a file is that of the user this process acts as. */
  public static boolean isOwn(Path path) throws IOException {
    if (!Files.exists(OWN_STATUS)) {
      return Files.getOwner(path).getName().equals(System.getProperty("user.name"));
    }
    final Matcher uid = EFFECTIVE_UID.matcher(Files.readString(OWN_STATUS));
    return uid.find() && attribute(path, OWNER) == Integer.parseInt(uid.group(1));
  }
}
