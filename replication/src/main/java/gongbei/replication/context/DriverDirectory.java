package gongbei.replication.context;

import gongbei.codec.file.PrivateFiles;
import gongbei.codec.trust.FileFault;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where a media driver keeps its buffers, which it maps into memory. A write to a mapped
 * page for which its file system has no room ends the process (SIGBUS), so room is looked for
 * before the driver starts: first in shared memory, then beside the data.
 */
public final class DriverDirectory {
  /** What every container engine gives 64 MB unless told otherwise. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final String PREFIX = "gongbei-";
  private static final String BESIDE_THE_DATA = "driver";

  /** What the driver removes and makes anew; the directory around it is closed to others. */
  private static final String WITHIN = "aeron";

  private static final Set<String> DRIVER_FILES =
      Set.of(WITHIN, "cnc.dat", "loss-report.dat", "publications", "images");
  private static final int BUFFERS_OF_A_LOG = 3;

  /** Counters, the driver's own queues, the archive's and the consensus module's small streams. */
  private static final long SMALL_BYTES = 16L << 20;

  /** Logs that are mapped at a time: the log and the feed. */
  private static final int LOGS_ALONE = 2;

  /** Beside them the log of a leader before, and two for who catches up. */
  private static final int LOGS_OF_A_MEMBER = 5;

  /** A replica's feed, and that of the member that it came from. */
  private static final int LOGS_OF_A_REPLICA = 2;

  private static final Logger LOGGER = LoggerFactory.getLogger(DriverDirectory.class);

  private DriverDirectory() {}

  /** Bytes that the driver of a member takes, but for more than two that catch up with it. */
  public static long bytesOfMember(ClusterContext context) {
    final long sessions = context.isAlone() ? 2 : 3L * context.members().size();
    final int logs = context.isAlone() ? LOGS_ALONE : LOGS_OF_A_MEMBER;
    return SMALL_BYTES
        + logOf(context.logTermBytes()) * logs
        + logOf(context.ipcTermBytes()) * sessions;
  }

  /** Bytes that the driver of a replica or of a backup takes. */
  public static long bytesOfReplica(ClusterContext context) {
    return SMALL_BYTES + logOf(context.logTermBytes()) * LOGS_OF_A_REPLICA;
  }

  private static long logOf(int termBytes) {
    return (long) BUFFERS_OF_A_LOG * termBytes;
  }

  /**
   * Returns the directory that has room, after whatever an earlier process left in it is removed.
   * It is in the configured one, or in the first with room of one in shared memory and one in the
   * data directory. One that another user has made beforehand is not taken.
   *
   * @param bytes what the driver takes
   * @throws IOException when there is no room; the message says where, how much, and what to do
   */
  public static Path prepare(ClusterContext context, long bytes) throws IOException {
    return prepare(context, bytes, SHARED_MEMORY);
  }

  public static Path prepare(ClusterContext context, long bytes, Path sharedMemory)
      throws IOException {
    final Optional<Path> configured = context.aeronDirectory();
    if (configured.isPresent()) {
      requireDriverFiles(configured.get());
      final Optional<String> fault = take(configured.get(), bytes);
      if (fault.isPresent()) {
        throw new IOException("replication.driverDirectory: " + fault.get());
      }
      return configured.get().resolve(WITHIN);
    }
    final Path absolute = context.directory().toAbsolutePath().normalize();
    final Path shared =
        sharedMemory.resolve(
            PREFIX
                + Integer.toHexString(absolute.toString().hashCode())
                + "-"
                + context.memberId());
    final Path beside = absolute.resolve(BESIDE_THE_DATA);
    IoUtil.delete(beside.toFile(), true);
    final Optional<String> faultOfShared = take(shared, bytes);
    if (faultOfShared.isEmpty()) {
      return shared.resolve(WITHIN);
    }
    final Optional<String> faultOfBeside = take(beside, bytes);
    if (faultOfBeside.isPresent()) {
      throw new IOException(
          faultOfShared.get()
              + ", and "
              + faultOfBeside.get()
              + ": make room (a container: --shm-size "
              + mebibytes(bytes)
              + "m), or set replication.driverDirectory");
    }
    LOGGER.warn(
        "{}: they are in {}, which is slower (a container: --shm-size {}m)",
        faultOfShared.get(),
        beside,
        mebibytes(bytes));
    return beside.resolve(WITHIN);
  }

  /**
   * Removes what was made for a driver that has ended, but for a directory that is configured.
   *
   * @param driver what {@link #prepare} has returned
   */
  public static void release(Path driver) {
    final Path made = driver.getParent();
    final String name = made.getFileName().toString();
    if (name.startsWith(PREFIX) || name.equals(BESIDE_THE_DATA)) {
      try {
        Files.deleteIfExists(made);
      } catch (IOException e) {
        LOGGER.debug("{} is left: {}", made, e.toString());
      }
    }
  }

  /** A driver empties its directory: one that somebody's files are in must not be meant. */
  private static void requireDriverFiles(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException("replication.driverDirectory: " + directory + " is no directory");
    }
    try (Stream<Path> files = Files.list(directory)) {
      final Optional<Path> other =
          files.filter(file -> !DRIVER_FILES.contains(file.getFileName().toString())).findFirst();
      if (other.isPresent()) {
        throw new IOException(
            "replication.driverDirectory: "
                + directory
                + " must be empty, and has "
                + other.get().getFileName());
      }
    }
  }

  /**
   * Takes a directory, in which the driver then makes its own: nobody else may look into it, or
   * have made it. What an earlier process left in it is removed.
   *
   * @return why it can't be had
   */
  private static Optional<String> take(Path directory, long bytes) {
    try {
      if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
        PrivateFiles.ownDirectory(directory);
        try (Stream<Path> left = Files.list(directory)) {
          left.forEach(each -> IoUtil.delete(each.toFile(), true));
        }
      }
      final Optional<String> fault = faultOf(directory, bytes);
      if (fault.isEmpty()) {
        Files.createDirectories(directory.toAbsolutePath().getParent());
        PrivateFiles.ownDirectory(directory);
      }
      return fault;
    } catch (FileSystemException e) {
      return Optional.of(
          directory + " " + (e.getReason() == null ? FileFault.reasonOf(e) : e.getReason()));
    } catch (IOException e) {
      return Optional.of(directory + " " + FileFault.reasonOf(e));
    }
  }

  private static Optional<String> faultOf(Path directory, long bytes) throws IOException {
    Path parent = directory.toAbsolutePath().getParent();
    while (parent.getParent() != null && !Files.exists(parent)) {
      parent = parent.getParent();
    }
    if (!Files.isDirectory(parent) || !Files.isWritable(parent)) {
      return Optional.of(parent + " can't be written");
    }
    final long usable = Files.getFileStore(parent).getUsableSpace();
    return usable >= bytes
        ? Optional.empty()
        : Optional.of(
            parent
                + " has room for "
                + (usable >> 20)
                + " of the "
                + mebibytes(bytes)
                + " MiB of the media driver's buffers");
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
