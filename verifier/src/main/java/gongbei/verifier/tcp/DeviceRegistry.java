package gongbei.verifier.tcp;

import gongbei.codec.trust.FileFault;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Knows which scanner devices may connect. A file of them is read anew as a whole or not at all.
 * Asking is for any thread; reloading is for one.
 */
public final class DeviceRegistry {
  private static final int HASH_BYTES = 32;

  private final Path file;
  private volatile Map<String, byte[]> hashes;
  private FileTime seen;

  private DeviceRegistry(Path file) {
    this.file = file;
  }

  /** Lets every device in. */
  public static DeviceRegistry open() {
    return new DeviceRegistry(null);
  }

  /**
   * Reads a file of one device a line: its id, a blank, and the SHA-256 of its credential in
   * hexadecimal. Lines that open with {@code #} are passed over.
   */
  public static DeviceRegistry ofFile(Path file) throws ConfigException {
    final DeviceRegistry registry = new DeviceRegistry(file);
    registry.reloadIfChanged();
    return registry;
  }

  /**
   * Reads the file again if it has changed. Devices that are connected stay so.
   *
   * @return whether other devices may connect now
   * @throws ConfigException when it can't be used; those before may still connect
   */
  public boolean reloadIfChanged() throws ConfigException {
    if (file == null) {
      return false;
    }
    try {
      final FileTime changed = Files.getLastModifiedTime(file);
      if (changed.equals(seen)) {
        return false;
      }
      hashes = read(file);
      seen = changed;
      return true;
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
  }

  /** How many devices the file names. */
  public int size() {
    return hashes == null ? 0 : hashes.size();
  }

  private static Map<String, byte[]> read(Path file) throws ConfigException {
    final List<String> lines;
    try {
      lines = Files.readAllLines(file, StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new ConfigException(file + " " + FileFault.reasonOf(e));
    }
    final Map<String, byte[]> hashes = new HashMap<>();
    for (int i = 0; i < lines.size(); i++) {
      final String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        final String[] parts = line.split(" +", -1);
        if (parts.length != 2
            || parts[0].length() > Limits.MAX_DEVICE_ID_CHARACTERS
            || !parts[1].matches("[0-9a-fA-F]{64}")) {
          throw new ConfigException(
              file + " line " + (i + 1) + " is not a device id and a SHA-256 in hexadecimal");
        }
        if (hashes.put(parts[0], HexFormat.of().parseHex(parts[1])) != null) {
          throw new ConfigException(file + " line " + (i + 1) + ": the device id stands twice");
        }
      }
    }
    return hashes;
  }

  /** Whether that device may connect with that credential. */
  public boolean admits(String deviceId, byte[] credential) {
    if (deviceId.isEmpty() || deviceId.length() > Limits.MAX_DEVICE_ID_CHARACTERS) {
      return false;
    }
    final Map<String, byte[]> known = hashes;
    if (known == null) {
      return true;
    }
    final byte[] expected = known.getOrDefault(deviceId, new byte[HASH_BYTES]);
    return MessageDigest.isEqual(expected, sha256(credential)) && known.containsKey(deviceId);
  }

  /** Whether that device, which has shown by other means that it is that one, may connect. */
  public boolean knows(String deviceId) {
    final Map<String, byte[]> known = hashes;
    return !deviceId.isEmpty()
        && deviceId.length() <= Limits.MAX_DEVICE_ID_CHARACTERS
        && (known == null || known.containsKey(deviceId));
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
