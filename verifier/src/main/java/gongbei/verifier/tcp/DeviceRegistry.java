package gongbei.verifier.tcp;

import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.Map;

/**
 * Knows which scanner devices may connect. A {@link DeviceFile} of them is read anew as a whole or
 * not at all. Asking is for any thread; reloading is for one.
 */
public final class DeviceRegistry {
  private static final Enrolment NOBODY =
      Enrolment.of("nobody", Enrolment.newCredential(), Instant.EPOCH);

  private final DeviceFile file;
  private volatile Map<String, Enrolment> enrolments;
  private Stamp seen;

  /** What tells one state of the file from another, also within one tick of its clock. */
  private record Stamp(Object inode, Object modified, long bytes) {}

  private DeviceRegistry(DeviceFile file) {
    this.file = file;
  }

  /** Lets every device in. */
  public static DeviceRegistry open() {
    return new DeviceRegistry(null);
  }

  /** Lets the devices in that a {@link DeviceFile} names. */
  public static DeviceRegistry ofFile(Path file) throws ConfigException {
    final DeviceRegistry registry = new DeviceRegistry(new DeviceFile(file));
    registry.reloadIfChanged();
    return registry;
  }

  /**
   * Reads the file again if it has changed. Devices that are connected stay so until they are asked
   * for again: see {@link #stands}.
   *
   * @return whether other devices may connect now
   * @throws ConfigException when it can't be used; those before may still connect
   */
  public boolean reloadIfChanged() throws ConfigException {
    if (file == null) {
      return false;
    }
    try {
      final BasicFileAttributes now = Files.readAttributes(file.path(), BasicFileAttributes.class);
      final Stamp stamp = new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
      if (stamp.equals(seen)) {
        return false;
      }
      enrolments = Map.copyOf(file.read());
      seen = stamp;
      return true;
    } catch (IOException e) {
      throw new ConfigException(file.path() + " " + FileFault.reasonOf(e));
    }
  }

  /** How many devices may connect; 0 where every device may. */
  public int size() {
    return enrolments == null
        ? 0
        : (int) enrolments.values().stream().filter(each -> !each.revoked()).count();
  }

  /** Whether every device may connect. */
  boolean isOpen() {
    return enrolments == null;
  }

  /** Whether that device may connect with that credential. */
  public boolean admits(String deviceId, byte[] credential) {
    final Enrolment found = recognise(deviceId, credential);
    return found != null && !found.revoked();
  }

  /**
   * Finds a device that has shown by a certificate that it is that one.
   *
   * @return its enrolment, which may have been revoked; null where there is none
   */
  Enrolment certified(String deviceId) {
    if (deviceId.isEmpty() || deviceId.length() > Limits.MAX_DEVICE_ID_CHARACTERS) {
      return null;
    }
    final Map<String, Enrolment> known = enrolments;
    return known == null ? NOBODY : known.get(deviceId);
  }

  /**
   * Finds a device by its credential.
   *
   * @return its enrolment, which may have been revoked; null where the credential is no such
   *     device's
   */
  Enrolment recognise(String deviceId, byte[] credential) {
    if (deviceId.isEmpty() || deviceId.length() > Limits.MAX_DEVICE_ID_CHARACTERS) {
      return null;
    }
    final Map<String, Enrolment> known = enrolments;
    if (known == null) {
      return NOBODY;
    }
    final Enrolment found = known.getOrDefault(deviceId, NOBODY);
    return found.isCredential(credential) && known.containsKey(deviceId) ? found : null;
  }

  /** Whether a device that was recognised may stay: not revoked, nor enrolled anew. */
  boolean stands(Enrolment enrolment) {
    final Map<String, Enrolment> known = enrolments;
    return known == null || enrolment.equals(known.get(enrolment.deviceId()));
  }
}
