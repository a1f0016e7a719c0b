package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Holds the trust list in force and reads it anew from a directory of certificates ({@link
 * KeyFile}), each for what the directory trusts it for. A file at fault is left out and named by
 * {@link #faults}, and so is a certificate at fault among others of its file: all the rest is
 * trusted, and nothing else. A key is trusted for as long as a file says so, so that a removal
 * counts whatever is beside it, and so does a file that is spoilt. Only where the directory itself
 * can't be listed does the list before stay. {@link #current} is for any thread; reloading is for
 * one.
 */
public final class TrustStore {
  private static final String BELONGS_IN_A_FOLDER = "; here it is trusted for nothing: move it";

  private final Reloadable<Reading, TrustException> reloadable;

  /** What a directory says, and what of it does not count. */
  private record Reading(TrustList list, List<FaultyFile> faults) {
    static final Reading EMPTY = new Reading(TrustList.EMPTY, List.of());
  }

  /** A certificate that is trusted, and for what. */
  private record Known(ByteBuffer certificate, Set<CodeFormat> formats) {}

  /** Who may be in a list, and for what. */
  private interface Admission {
    /**
     * @throws TrustException when a key can do nothing there
     */
    IssuerKey admit(Path file, String source, byte[] der) throws TrustException;
  }

  private TrustStore(Reloadable<Reading, TrustException> reloadable) {
    this.reloadable = reloadable;
  }

  /** A store that always holds that list. */
  public static TrustStore of(TrustList list) {
    return new TrustStore(Reloadable.fixed(new Reading(list, List.of())));
  }

  /**
   * The certificates of a directory, each trusted for the format in whose directory it lies ({@link
   * FormatFolders}); private keys are passed over.
   *
   * @throws TrustException when the directory can't be listed, or at this first look holds a key of
   *     a region beside its formats' directories, as directories did once: it would be trusted for
   *     nothing
   */
  public static TrustStore ofDirectory(Path directory) throws TrustException {
    final TrustStore store =
        ofDirectory(
            directory,
            FormatFolders.followed(directory),
            (file, source, der) -> admit(directory, file, source, der));
    for (final FaultyFile fault : store.faults()) {
      if (fault.message().endsWith(BELONGS_IN_A_FOLDER)) {
        throw new TrustException(fault.message());
      }
    }
    return store;
  }

  private static IssuerKey admit(Path directory, Path file, String source, byte[] der)
      throws TrustException {
    final CodeFormat folder = FormatFolders.of(directory, file);
    if (folder != null) {
      return Certificates.pinned(source, der, folder);
    }
    final IssuerKey own = Certificates.issuerKey(source, der);
    for (final CodeFormat format : own.formats()) {
      if (format != CodeFormat.HC1) {
        throw new TrustException(
            source
                + ": who signs "
                + format
                + " is who lies in "
                + FormatFolders.under(directory, format)
                + BELONGS_IN_A_FOLDER);
      }
    }
    return Certificates.pinned(source, der, CodeFormat.HC1);
  }

  /**
   * The certificates of those who sign their requests, which they do by ES256 (RFC 9421): another
   * key is at fault.
   *
   * @throws TrustException when the directory can't be listed
   */
  public static TrustStore ofAuthorities(Path directory) throws TrustException {
    return ofDirectory(
        directory,
        KeyFile.followed(directory),
        (file, source, der) -> {
          final IssuerKey key = Certificates.authority(source, der);
          if (key.algorithm() != SignatureAlgorithm.ES256) {
            throw new TrustException(
                source + ": a request is signed on P-256, and this key is of " + key.algorithm());
          }
          return key;
        });
  }

  private static TrustStore ofDirectory(Path directory, FollowedFiles files, Admission admission)
      throws TrustException {
    final TrustStore store =
        new TrustStore(
            Reloadable.of(
                files,
                (contents, before) -> read(contents, admission),
                fault -> new TrustException(directory + " " + FileFault.reasonOf(fault)),
                Reading.EMPTY));
    store.reloadIfChanged();
    return store;
  }

  private static Reading read(List<FileContent> files, Admission admission) {
    final List<IssuerKey> keys = new ArrayList<>();
    final List<FaultyFile> faults = new ArrayList<>();
    final Set<Known> known = new HashSet<>();
    for (final FileContent file : files) {
      try {
        final List<byte[]> certificates = KeyFile.of(file).certificates();
        for (int i = 0; i < certificates.size(); i++) {
          final byte[] der = certificates.get(i);
          final String source =
              file.path() + (certificates.size() == 1 ? "" : " certificate " + (i + 1));
          try {
            final IssuerKey key = admission.admit(file.path(), source, der);
            if (known.add(new Known(ByteBuffer.wrap(der), key.formats()))) {
              keys.add(key);
            }
          } catch (TrustException e) {
            faults.add(new FaultyFile(file.path(), e.getMessage()));
          }
        }
      } catch (TrustException e) {
        faults.add(new FaultyFile(file.path(), e.getMessage()));
      }
    }
    return new Reading(new TrustList(keys), List.copyOf(faults));
  }

  /** The trust list in force. */
  public TrustList current() {
    return reloadable.current().list();
  }

  /** What in the directory does not count, as of the list in force. */
  public List<FaultyFile> faults() {
    return reloadable.current().faults();
  }

  /** What the directory holds besides, and nobody reads. */
  public List<Path> passedOver() {
    return reloadable.passedOver();
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed.
   *
   * @return whether a new list is in force
   * @throws TrustException when it can't be listed; the list before stays in force
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
   * @throws TrustException when it can't be listed; the list before stays in force
   */
  public boolean reloadIfChanged(Consumer<TrustList> beforeForce) throws TrustException {
    return reloadable.reloadIfChanged(reading -> beforeForce.accept(reading.list()));
  }
}
