package gongbei.verifier.cli.history;

import gongbei.codec.transparency.TileDirectory;
import gongbei.codec.transparency.TileSource;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.Certificates;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import gongbei.replication.history.PublishedHistory;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.input.TrustPlace;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeFaults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where a history is, as it was typed: an address, a copy of tiles, or a node's directory. */
final class HistoryPlace {
  private final String typed;

  HistoryPlace(String typed) {
    this.typed = typed;
  }

  /** What a command does with a history. */
  interface Work<T> {
    T on(TileSource source) throws IOException, TransparencyException;
  }

  boolean isAddress() {
    return typed.startsWith("http://") || typed.startsWith("https://");
  }

  /** Opens it. */
  TileSource open(NodeAccess access) throws IOException, TransparencyException {
    if (isAddress()) {
      try {
        return new ServedTiles(URI.create(typed), access.connection());
      } catch (IllegalArgumentException e) {
        throw CommandException.usage(typed + " is not an address: " + e.getMessage());
      }
    }
    final Path directory = Path.of(typed);
    if (!Files.isDirectory(directory)) {
      throw CommandException.unreachable(
          typed + (Files.exists(directory) ? " is not a directory" : " does not exist"));
    }
    return PublishedHistory.isNodesDirectory(directory)
        ? PublishedHistory.read(directory)
        : new TileDirectory(directory);
  }

  /** Opens it and works on it; ends the command with the reason where that fails. */
  <T> T work(NodeAccess access, Work<T> work) {
    try {
      return work.on(open(access));
    } catch (TransparencyException e) {
      throw refused(e);
    } catch (UncheckedIOException e) {
      throw unreachable(e.getCause());
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  static CommandException refused(TransparencyException e) {
    return CommandException.refused(e.reason().wireName() + ": " + e.getMessage());
  }

  CommandException unreachable(IOException e) {
    return isAddress()
        ? NodeFaults.unreachable(URI.create(typed), e)
        : CommandException.unreachable(typed + " " + FileFault.reasonOf(e));
  }

  /**
   * The keys of a certificate's file, or of a directory of them, as a region has one after the
   * other.
   *
   * @param warnings takes a line for each file that is not taken, with the reason
   */
  static List<IssuerKey> keys(Path certificates, PrintWriter warnings) {
    try {
      if (Files.isDirectory(certificates)) {
        return TrustPlace.read(certificates, warnings).keys();
      }
      final List<byte[]> found = KeyFile.read(certificates).certificates();
      if (found.size() != 1) {
        throw CommandException.usage(
            certificates + " holds " + found.size() + " certificates, not one");
      }
      return List.of(Certificates.anchor(certificates.toString(), found.get(0)));
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }
}
