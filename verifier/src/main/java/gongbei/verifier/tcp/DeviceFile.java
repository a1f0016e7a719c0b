package gongbei.verifier.tcp;

import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.ListFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A file of scanner devices, one {@link Enrolment} a line. Empty lines and those that open with
 * {@code #} are passed over. Whoever changes it puts a new file in its place, so that a node reads
 * the one or the other and never half of one; a file beside it, {@code .lock}, keeps two who change
 * it apart. What it keeps of a credential does not let anyone connect.
 */
public final class DeviceFile {
  private final Path path;

  public DeviceFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** Follows the file. */
  FollowedFiles followed() {
    return FollowedFiles.of(List.of(path), Limits.MAX_DEVICE_FILE_BYTES);
  }

  /**
   * The devices by their ids, in the file's order.
   *
   * @throws ConfigException when the file can't be read, or a line of it can't
   */
  public Map<String, Enrolment> read() throws ConfigException {
    final ListFile<Enrolment> read =
        parse(FileContent.read(path, Limits.MAX_DEVICE_FILE_BYTES)).orThrow();
    final Map<String, Enrolment> devices = new LinkedHashMap<>();
    read.entries().forEach(each -> devices.put(each.deviceId(), each));
    return devices;
  }

  /** Reads what a look at the file found; lines at fault are left out and named. */
  static ListFile<Enrolment> parse(FileContent content) throws ConfigException {
    return ListFile.read(content, Enrolment::parse, Enrolment::deviceId, "device");
  }

  /**
   * Enrols a device, with a new credential where it was revoked.
   *
   * @param anew whether a device that is enrolled gets a new credential; its old one ends
   * @return its credential, which is kept nowhere; nothing where it is enrolled already
   * @throws ConfigException when the file can't be changed
   */
  public Optional<byte[]> enrol(String deviceId, boolean anew) throws ConfigException {
    final byte[] credential = Enrolment.newCredential();
    final boolean enrolled =
        change(
            devices -> {
              final Enrolment before = devices.get(deviceId);
              if (before != null && !before.revoked() && !anew) {
                return false;
              }
              devices.put(deviceId, Enrolment.of(deviceId, credential, Instant.now()));
              return true;
            });
    return enrolled ? Optional.of(credential) : Optional.empty();
  }

  /**
   * Takes a device's credential back.
   *
   * @return false where the device is not enrolled
   * @throws ConfigException when the file can't be changed
   */
  public boolean revoke(String deviceId) throws ConfigException {
    if (!Files.exists(path)) {
      throw new ConfigException(path + " does not exist");
    }
    return change(
        devices -> {
          final Enrolment before = devices.get(deviceId);
          if (before == null || before.revoked()) {
            return false;
          }
          devices.put(deviceId, before.revokedAt(Instant.now()));
          return true;
        });
  }

  private boolean change(Predicate<Map<String, Enrolment>> change) throws ConfigException {
    try (FileChannel channel =
            FileChannel.open(
                path.resolveSibling(path.getFileName() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new ConfigException(path + " is being changed by somebody else");
      }
      final Map<String, Enrolment> devices =
          Files.exists(path) ? read() : new LinkedHashMap<String, Enrolment>();
      final boolean changed = change.test(devices);
      if (changed) {
        write(devices);
      }
      return changed;
    } catch (NoSuchFileException e) {
      throw new ConfigException(path + " can't be written: its directory is missing");
    } catch (IOException e) {
      throw new ConfigException(path + " " + FileFault.reasonOf(e));
    }
  }

  private void write(Map<String, Enrolment> devices) throws IOException {
    final StringBuilder text =
        new StringBuilder("# Scanner devices: id, state, since, salt, HMAC of the credential\n");
    devices.values().forEach(each -> text.append(each.line()).append('\n'));
    final Path directory = path.toAbsolutePath().getParent();
    final Path written = Files.createTempFile(directory, path.getFileName().toString(), ".new");
    try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
      Files.writeString(written, text, StandardCharsets.US_ASCII);
      channel.force(true);
    }
    if (Files.exists(path)
        && directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      // A service that reads the file by its group's rights goes on being able to.
      Files.setPosixFilePermissions(written, Files.getPosixFilePermissions(path));
    } else if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(written, PosixFilePermissions.fromString("rw-r-----"));
    }
    Files.move(written, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
