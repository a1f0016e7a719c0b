package gongbei.verifier.cli.history;

import gongbei.codec.transparency.EntryBundle;
import gongbei.codec.transparency.HistoryCheck;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.Proofs;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TileNodes;
import gongbei.codec.transparency.TilePath;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TransparencyException.Reason;
import gongbei.codec.trust.IssuerKey;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeAccess;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Takes the proof that an entry is in the history. */
@Command(
    name = "prove",
    description =
        "Fetches a version's entry, its inclusion proof and the signed head, and saves them"
            + " for history proof.")
final class ProveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Parameters(
      paramLabel = "PLACE",
      description = "A node's address, a directory of tiles, or a node's directory transparency.")
  private String place;

  @Option(
      names = "--version-number",
      paramLabel = "N",
      required = true,
      description = "The version.")
  private long version;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      required = true,
      description =
          "The certificate of the key that signs heads, PEM or DER, or a directory of those of the"
              + " region.")
  private Path certificate;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      required = true,
      description = "A directory for entry, proof and head.")
  private Path into;

  @Override
  public Integer call() {
    final List<IssuerKey> keys = HistoryPlace.keys(certificate, spec.commandLine().getErr());
    new HistoryPlace(place)
        .work(
            access,
            source -> {
              final SignedHead head = HistoryCheck.head(source, keys);
              final long size = head.head().size();
              if (version < 1 || version > size) {
                throw CommandException.refused(
                    "the history has the versions 1 to " + size + ", not " + version);
              }
              final long index = version - 1;
              final TilePath path = TilePath.in(TilePath.ENTRIES, index / TilePath.WIDTH, size);
              final byte[] bundle =
                  source
                      .tile(path)
                      .orElseThrow(
                          () ->
                              new TransparencyException(
                                  Reason.TILE_MISSING, path + " is not there"));
              final int in = (int) (index % TilePath.WIDTH) * HistoryEntry.BYTES;
              final byte[] entry =
                  Arrays.copyOfRange(
                      EntryBundle.entries(path, bundle), in, in + HistoryEntry.BYTES);
              final Proof proof =
                  new Proof(
                      0, size, index, Proofs.inclusion(new TileNodes(source, size), index, size));
              proof.requireIncludes(entry, version, head.head());
              SavedProof.write(into, head.note(), entry, proof);
              return null;
            });
    spec.commandLine()
        .getOut()
        .println("version " + version + " is in the history; the proof is in " + into);
    spec.commandLine().getOut().flush();
    return ExitCode.OK;
  }
}
