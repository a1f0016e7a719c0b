package gongbei.replication.cluster;

import java.io.IOException;
import java.nio.file.Files;
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
final class DriverDirectory {
  /** What every container engine gives 64 MB unless told otherwise. */
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private static final String BESIDE_THE_DATA = "driver";
  private static final Set<String> DRIVER_FILES =
      Set.of("cnc.dat", "loss-report.dat", "publications", "images");
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
  static long bytesOfMember(ClusterContext context) {
    final long sessions = context.isAlone() ? 2 : 3L * context.members().size();
    final int logs = context.isAlone() ? LOGS_ALONE : LOGS_OF_A_MEMBER;
    return SMALL_BYTES
        + logOf(context.logTermBytes()) * logs
        + logOf(context.ipcTermBytes()) * sessions;
  }

  /** Bytes that the driver of a replica or of a backup takes. */
  static long bytesOfReplica(ClusterContext context) {
    return SMALL_BYTES + logOf(context.logTermBytes()) * LOGS_OF_A_REPLICA;
  }

  private static long logOf(int termBytes) {
    return (long) BUFFERS_OF_A_LOG * termBytes;
  }

  /**
   * Returns the directory that has room, after whatever an earlier process left in it is removed.
   * It is the configured one, or the first with room of one in shared memory and one in the data
   * directory.
   *
   * @param bytes what the driver takes
   * @throws IOException when there is no room; the message says where, how much, and what to do
   */
  static Path prepare(ClusterContext context, long bytes) throws IOException {
    return prepare(context, bytes, SHARED_MEMORY);
  }

  static Path prepare(ClusterContext context, long bytes, Path sharedMemory) throws IOException {
    final Optional<Path> configured = context.aeronDirectory();
    if (configured.isPresent()) {
      requireDriverFiles(configured.get());
      final Optional<String> fault = faultOf(emptied(configured.get()), bytes);
      if (fault.isPresent()) {
        throw new IOException("replication.driverDirectory: " + fault.get());
      }
      return configured.get();
    }
    final Path absolute = context.directory().toAbsolutePath().normalize();
    final Path shared =
        emptied(
            sharedMemory.resolve(
                "gongbei-"
                    + Integer.toHexString(absolute.toString().hashCode())
                    + "-"
                    + context.memberId()));
    final Path beside = emptied(absolute.resolve(BESIDE_THE_DATA));
    final Optional<String> faultOfShared = faultOf(shared, bytes);
    if (faultOfShared.isEmpty()) {
      return shared;
    }
    final Optional<String> faultOfBeside = faultOf(beside, bytes);
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
    return beside;
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

  private static Path emptied(Path directory) {
    IoUtil.delete(directory.toFile(), true);
    return directory;
  }

  private static Optional<String> faultOf(Path directory, long bytes) throws IOException {
    if (Files.exists(directory)) {
      return Optional.of(directory + " can't be removed");
    }
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
