package gongbei.codec.trust;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.file.FaultyFile;
import gongbei.codec.file.FileContent;
import gongbei.codec.file.FollowedFiles;
import gongbei.codec.file.Reloadable;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/**
 * Holds the trust list in force and reads it anew from a directory of certificates ({@link
 * KeyFile}), each for what the directory trusts it for, of published lists ({@link TrustListFile})
 * and of issuers of health cards ({@link IssuerDirectory}). A file at fault is left out and named
 * by {@link #faults}, and so is a certificate at fault among others of its file, and a list that
 * has expired: all the rest is trusted, and nothing else. A key of a list that can't be used is
 * skipped by itself, and named by {@link #skippedKeys}. A key is trusted for as long as a file says
 * so, so that a removal counts whatever is beside it, and so does a file that is spoilt. Only where
 * the directory itself can't be listed does the list before stay. {@link #current} is for any
 * thread; reloading is for one.
 */
public final class TrustStore {
  private static final String BELONGS_IN_A_FOLDER = "; here it is trusted for nothing: move it";

  private final Reloadable<TrustReading, TrustException> reloadable;
  private final InstantSource clock;

  /** Who may be in a list, and for what. */
  private interface Admission {
    /**
     * @throws TrustException when a certificate can do nothing there
     */
    void admit(Path file, String source, byte[] der, TrustReading.Builder into)
        throws TrustException;
  }

  private TrustStore(Reloadable<TrustReading, TrustException> reloadable, InstantSource clock) {
    this.reloadable = reloadable;
    this.clock = clock;
  }

  /** A store that always holds that list. */
  public static TrustStore of(TrustList list) {
    return new TrustStore(Reloadable.fixed(TrustReading.of(list)), InstantSource.system());
  }

  /** The same by the system's clock. */
  public static TrustStore ofDirectory(Path directory) throws TrustException {
    return ofDirectory(directory, InstantSource.system());
  }

  /**
   * The certificates of a directory, each trusted for the format in whose directory it lies ({@link
   * FormatFolders}), and the lists beside them; private keys are ignored.
   *
   * @param clock by which lists expire
   * @throws TrustException when the directory can't be listed, or at this first look holds a key of
   *     a region beside its formats' directories, as directories did once: it would be trusted for
   *     nothing
   */
  public static TrustStore ofDirectory(Path directory, InstantSource clock) throws TrustException {
    final TrustStore store =
        ofDirectory(
            directory,
            FormatFolders.followedWithLists(directory),
            (file, source, der, into) -> admit(directory, file, source, der, into),
            clock);
    for (final FaultyFile fault : store.faults()) {
      if (fault.message().endsWith(BELONGS_IN_A_FOLDER)) {
        throw new TrustException(fault.message());
      }
    }
    return store;
  }

  private static void admit(
      Path directory, Path file, String source, byte[] der, TrustReading.Builder into)
      throws TrustException {
    final CodeFormat folder = FormatFolders.of(directory, file);
    if (folder == CodeFormat.VDS && TrustAuthority.isAuthority(source, der)) {
      into.add(TrustAuthority.of(source, der));
    } else {
      into.add(
          der, folder == null ? unplaced(directory, source, der) : pinned(folder, source, der));
    }
  }

  private static IssuerKey pinned(CodeFormat folder, String source, byte[] der)
      throws TrustException {
    if (folder == CodeFormat.SHC) {
      throw new TrustException(
          source + ": who signs SHC is who a key set names, and certificates are not read here");
    }
    return Certificates.pinned(source, der, folder);
  }

  private static IssuerKey unplaced(Path directory, String source, byte[] der)
      throws TrustException {
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
        (file, source, der, into) -> {
          final IssuerKey key = Certificates.authority(source, der);
          if (key.algorithm() != SignatureAlgorithm.ES256) {
            throw new TrustException(
                source + ": a request is signed on P-256, and this key is of " + key.algorithm());
          }
          into.add(der, key);
        },
        InstantSource.system());
  }

  private static TrustStore ofDirectory(
      Path directory, FollowedFiles files, Admission admission, InstantSource clock)
      throws TrustException {
    final TrustStore store =
        new TrustStore(
            Reloadable.of(
                files,
                (contents, before) -> read(contents, admission).at(clock.instant()),
                fault -> new TrustException(directory + " " + FileFault.reasonOf(fault)),
                TrustReading.of(TrustList.EMPTY)),
            clock);
    store.reloadIfChanged();
    return store;
  }

  private static TrustReading.Builder read(List<FileContent> files, Admission admission) {
    final TrustReading.Builder into = new TrustReading.Builder();
    for (final FileContent file : files) {
      try {
        if (FormatFolders.isJson(file.path())) {
          readList(file, into);
        } else {
          readCertificates(file, admission, into);
        }
      } catch (TrustException e) {
        into.fault(file.path(), e.getMessage());
      }
    }
    return into;
  }

  private static void readCertificates(
      FileContent file, Admission admission, TrustReading.Builder into) throws TrustException {
    if (file.bytes().length > KeyFile.MAX_BYTES) {
      throw new TrustException(
          file.path() + " can't be used: it is longer than " + KeyFile.MAX_BYTES + " bytes");
    }
    final List<byte[]> certificates = KeyFile.of(file).certificates();
    for (int i = 0; i < certificates.size(); i++) {
      final String source =
          file.path() + (certificates.size() == 1 ? "" : " certificate " + (i + 1));
      try {
        admission.admit(file.path(), source, certificates.get(i), into);
      } catch (TrustException e) {
        into.fault(file.path(), e.getMessage());
      }
    }
  }

  /** A list beside the formats' directories, or issuers of health cards in theirs. */
  private static void readList(FileContent file, TrustReading.Builder into) throws TrustException {
    if (file.fault() != null) {
      throw new TrustException(file.path() + " " + FileFault.reasonOf(file.fault()));
    }
    final Path folder = file.path().getParent().getFileName();
    if (folder != null && folder.toString().equals(CodeFormat.SHC.name())) {
      into.add(IssuerDirectory.read(file.path().toString(), file.bytes()));
    } else {
      into.add(file.path(), TrustListFile.read(file.path().toString(), file.bytes()));
    }
  }

  /** The trust list in force. */
  public TrustList current() {
    return reloadable.current().list();
  }

  /** What in the directory does not count, as of the list in force. */
  public List<FaultyFile> faults() {
    return reloadable.current().faults();
  }

  /** The keys of lists that can't be used, each by its name with the reason. */
  public List<String> skippedKeys() {
    return reloadable.current().skippedKeys();
  }

  /** The published lists that the directory holds, whether expired or not. */
  public List<TrustListFile> lists() {
    return reloadable.current().lists();
  }

  /** What the directory holds besides, and nobody reads. */
  public List<Path> passedOver() {
    return reloadable.passedOver();
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed, or a list in it expired.
   *
   * @return whether a new list is in force
   * @throws TrustException when it can't be listed; the list before stays in force
   */
  public boolean reloadIfChanged() throws TrustException {
    return reloadIfChanged(list -> {});
  }

  /**
   * Reads the directory again if a file in it has come, gone or changed, or a list in it expired.
   *
   * @param beforeForce is given the new list on this thread, and the list comes into force when it
   *     returns: what scans will need of the list is made ready here
   * @return whether a new list is in force
   * @throws TrustException when it can't be listed; the list before stays in force
   */
  public boolean reloadIfChanged(Consumer<TrustList> beforeForce) throws TrustException {
    if (reloadable.reloadIfChanged(reading -> beforeForce.accept(reading.list()))) {
      return true;
    }
    if (!reloadable.current().hasExpired(clock.instant())) {
      return false;
    }
    final TrustReading without = reloadable.current().at(clock.instant());
    beforeForce.accept(without.list());
    reloadable.replace(without);
    return true;
  }
}
