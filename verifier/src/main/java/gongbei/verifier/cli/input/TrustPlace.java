package gongbei.verifier.cli.input;

import gongbei.codec.file.FaultyFile;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Whom a command trusts: a directory of certificates. */
public final class TrustPlace {
  private TrustPlace() {}

  /**
   * The certificates of a directory; what of it is left out is told.
   *
   * @param warnings takes a line for each file that is not taken, with the reason
   * @throws TrustException when the directory can't be listed
   */
  public static TrustList read(Path directory, PrintWriter warnings) throws TrustException {
    final TrustStore store = TrustStore.ofDirectory(directory);
    for (final FaultyFile fault : store.faults()) {
      warnings.println("warning: left out of the trust list: " + fault.message());
    }
    for (final String skipped : store.skippedKeys()) {
      warnings.println("warning: skipped in the trust list: " + skipped);
    }
    for (final Path path : store.passedOver()) {
      warnings.println("warning: not read: " + path + " has none of the endings");
    }
    warnings.flush();
    return store.current();
  }
}
