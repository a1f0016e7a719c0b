package gongbei.codec.trust;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Holds the trust list in force and reads it anew from a directory of certificates in {@code
 * *.pem}: as a whole or not at all, so that a fault in one file leaves the list as it was. {@link
 * #current} is for any thread; reloading is for one.
 */
public final class TrustStore {
  private final Path directory;
  private volatile TrustList current = TrustList.EMPTY;
  private Map<Path, FileTime> seen = Map.of();

  private TrustStore(Path directory) {
    this.directory = directory;
  }

  /** A store that always holds that list. */
  public static TrustStore of(TrustList list) {
    final TrustStore store = new TrustStore(null);
    store.current = list;
    return store;
  }

  /** The certificates of a directory; private keys in it are passed over. */
  public static TrustStore ofDirectory(Path directory) throws TrustException {
    final TrustStore store = new TrustStore(directory);
    store.reloadIfChanged();
    return store;
  }

  /** The trust list in force. */
  public TrustList current() {
    return current;
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @return whether a new list is in force
   * @throws TrustException when it can't be used; the one before stays in force
   */
  public boolean reloadIfChanged() throws TrustException {
    return reloadIfChanged(list -> {});
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @param beforeForce is given the new list on this thread, and the list comes into force when it
   *     returns: what scans will need of the list is made ready here
   * @return whether a new list is in force
   * @throws TrustException when it can't be used; the one before stays in force
   */
  public boolean reloadIfChanged(Consumer<TrustList> beforeForce) throws TrustException {
    if (directory == null) {
      return false;
    }
    final Map<Path, FileTime> files = PemFiles.list(directory);
    if (files.equals(seen)) {
      return false;
    }
    final List<IssuerKey> keys = new ArrayList<>();
    final Set<ByteBuffer> known = new HashSet<>();
    for (final Path file : files.keySet()) {
      for (final byte[] der : PemFiles.read(file, "CERTIFICATE")) {
        if (known.add(ByteBuffer.wrap(der))) {
          keys.add(Certificates.issuerKey(file.toString(), der));
        }
      }
    }
    final TrustList list = new TrustList(keys);
    beforeForce.accept(list);
    seen = files;
    current = list;
    return true;
  }
}
