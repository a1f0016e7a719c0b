package gongbei.verifier.tcp;

import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.Reloadable;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.ListFile;
import gongbei.verifier.protocol.DeviceId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Knows which scanner devices may connect. A {@link DeviceFile} of them is read anew when it
 * changes. Asking is for any thread; reloading is for one.
 */
public final class DeviceRegistry {
  private static final Enrolment NOBODY =
      Enrolment.of("nobody", Enrolment.newCredential(), Instant.EPOCH);

  private final Reloadable<Known, ConfigException> reloadable;

  /**
   * Who may connect.
   *
   * @param enrolments by the devices' ids
   * @param faults lines of the file that name nobody
   */
  private record Known(Map<String, Enrolment> enrolments, List<FaultyFile> faults) {}

  private DeviceRegistry(Reloadable<Known, ConfigException> reloadable) {
    this.reloadable = reloadable;
  }

  /** Lets every device in. */
  public static DeviceRegistry open() {
    return new DeviceRegistry(Reloadable.fixed(null));
  }

  /**
   * Lets the devices in that a {@link DeviceFile} names.
   *
   * @throws ConfigException when the file, or a line of it, can't be read
   */
  public static DeviceRegistry ofFile(Path file) throws ConfigException {
    new DeviceFile(file).read();
    final DeviceRegistry registry =
        new DeviceRegistry(
            Reloadable.of(
                new DeviceFile(file).followed(),
                (files, before) -> known(files.get(0)),
                fault -> new ConfigException(file + " " + FileFault.reasonOf(fault)),
                null));
    registry.reloadIfChanged();
    return registry;
  }

  private static Known known(FileContent file) throws ConfigException {
    final ListFile<Enrolment> read = DeviceFile.parse(file);
    return new Known(
        read.entries().stream()
            .collect(Collectors.toUnmodifiableMap(Enrolment::deviceId, each -> each)),
        read.faults());
  }

  /**
   * Reads the file again if it has changed; lines at fault are left out. Devices that are connected
   * stay so until they are asked for again: see {@link #stands}.
   *
   * @return whether other devices may connect now
   * @throws ConfigException when the file, or every line of it, can't be read; those before may
   *     still connect
   */
  public boolean reloadIfChanged() throws ConfigException {
    return reloadable.reloadIfChanged();
  }

  /** The lines of the file that name nobody, as of what is in force. */
  public List<FaultyFile> faults() {
    final Known known = reloadable.current();
    return known == null ? List.of() : known.faults();
  }

  /** The devices by their ids, or null where every device may connect. */
  private Map<String, Enrolment> enrolments() {
    final Known known = reloadable.current();
    return known == null ? null : known.enrolments();
  }

  /** How many devices may connect; 0 where every device may. */
  public int size() {
    final Map<String, Enrolment> known = enrolments();
    return known == null
        ? 0
        : (int) known.values().stream().filter(each -> !each.revoked()).count();
  }

  /** Whether every device may connect. */
  boolean isOpen() {
    return enrolments() == null;
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
    if (!DeviceId.isValid(deviceId)) {
      return null;
    }
    final Map<String, Enrolment> known = enrolments();
    return known == null ? NOBODY : known.get(deviceId);
  }

  /**
   * Finds a device by its credential.
   *
   * @return its enrolment, which may have been revoked; null where the credential is no such
   *     device's
   */
  Enrolment recognise(String deviceId, byte[] credential) {
    if (!DeviceId.isValid(deviceId)) {
      return null;
    }
    final Map<String, Enrolment> known = enrolments();
    if (known == null) {
      return NOBODY;
    }
    final Enrolment found = known.getOrDefault(deviceId, NOBODY);
    return found.isCredential(credential) && known.containsKey(deviceId) ? found : null;
  }

  /** Whether a device that was recognised may stay: not revoked, nor enrolled anew. */
  boolean stands(Enrolment enrolment) {
    final Map<String, Enrolment> known = enrolments();
    return known == null || enrolment.equals(known.get(enrolment.deviceId()));
  }
}
