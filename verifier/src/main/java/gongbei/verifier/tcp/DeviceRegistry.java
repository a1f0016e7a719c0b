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
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Knows which scanner devices may connect. A {@link DeviceFile} of them is read anew when it
 * changes. Asking is for any thread; reloading is for one.
 */
public final class DeviceRegistry {
  private static final Enrolment NOBODY =
      Enrolment.of("nobody", Enrolment.newCredential(), Instant.EPOCH);

  private final Reloadable<Optional<Known>, ConfigException> reloadable;

  /**
   * Who may connect.
   *
   * @param enrolments by the devices' ids
   * @param faults lines of the file that name nobody
   */
  private record Known(Map<String, Enrolment> enrolments, List<FaultyFile> faults) {}

  private DeviceRegistry(Reloadable<Optional<Known>, ConfigException> reloadable) {
    this.reloadable = reloadable;
  }

  /** Lets every device in. */
  public static DeviceRegistry open() {
    return new DeviceRegistry(Reloadable.fixed(Optional.empty()));
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
                (files, before) -> Optional.of(known(files.get(0))),
                fault -> new ConfigException(file + " " + FileFault.reasonOf(fault)),
                Optional.empty()));
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
    return reloadable.current().map(Known::faults).orElse(List.of());
  }

  /** The devices by their ids; nothing where every device may connect. */
  private Optional<Map<String, Enrolment>> enrolments() {
    return reloadable.current().map(Known::enrolments);
  }

  /** How many devices may connect; 0 where every device may. */
  public int size() {
    return (int)
        enrolments().orElse(Map.of()).values().stream().filter(each -> !each.revoked()).count();
  }

  /** Whether every device may connect. */
  boolean isOpen() {
    return enrolments().isEmpty();
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
    final Optional<Map<String, Enrolment>> known = enrolments();
    return known.isEmpty() ? NOBODY : known.get().get(deviceId);
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
    final Optional<Map<String, Enrolment>> known = enrolments();
    if (known.isEmpty()) {
      return NOBODY;
    }
    final Enrolment found = known.get().getOrDefault(deviceId, NOBODY);
    return found.isCredential(credential) && known.get().containsKey(deviceId) ? found : null;
  }

  /** Whether a device that was recognised may stay: not revoked, nor enrolled anew. */
  boolean stands(Enrolment enrolment) {
    return enrolments()
        .map(known -> enrolment.equals(known.get(enrolment.deviceId())))
        .orElse(true);
  }
}
