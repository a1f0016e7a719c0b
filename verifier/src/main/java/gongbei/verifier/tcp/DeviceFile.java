package gongbei.verifier.tcp;

import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.ListFile;
import gongbei.verifier.config.ListFileEditor;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A file of scanner devices, one {@link Enrolment} a line. Empty lines and those that open with
 * {@code #} are ignored. What it keeps of a credential does not let anyone connect.
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
            deviceId,
            before ->
                before.filter(device -> !device.revoked() && !anew).isPresent()
                    ? before
                    : Optional.of(Enrolment.of(deviceId, credential, Instant.now())));
    return enrolled ? Optional.of(credential) : Optional.empty();
  }

  /**
   * Takes a device's credential back.
   *
   * @return false where the device is not enrolled
   * @throws ConfigException when the file can't be changed
   */
  public boolean revoke(String deviceId) throws ConfigException {
    editor().requireThere();
    return change(
        deviceId,
        before ->
            before.map(device -> device.revoked() ? device : device.revokedAt(Instant.now())));
  }

  /** Puts a device in the place of the one that has its id, or at the end. */
  private boolean change(String deviceId, UnaryOperator<Optional<Enrolment>> change)
      throws ConfigException {
    return editor()
        .change(
            () -> List.copyOf(read().values()),
            before -> {
              final Map<String, Enrolment> devices = new LinkedHashMap<>();
              before.forEach(each -> devices.put(each.deviceId(), each));
              change
                  .apply(Optional.ofNullable(devices.get(deviceId)))
                  .ifPresent(device -> devices.put(deviceId, device));
              return List.copyOf(devices.values());
            });
  }

  private ListFileEditor<Enrolment> editor() {
    return new ListFileEditor<>(
        path,
        "# Scanner devices: id, state, since, salt, HMAC of the credential",
        "rw-r-----",
        Enrolment::line);
  }
}
