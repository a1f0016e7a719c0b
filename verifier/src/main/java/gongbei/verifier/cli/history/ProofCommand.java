package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.IssuerKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Checks a proof that an entry is in the history. */
@Command(
    name = "proof",
    description =
        "Checks the entry, proof and head that history prove saved, with the region's"
            + " certificate only, and shows the entry. Needs no network.")
final class ProofCommand implements Callable<Integer> {
  static final String HEAD = "checkpoint";
  static final String ENTRY = "entry";
  static final String PROOF = "proof";

  private static final int MAX_BYTES = 1 << 16;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "Holds entry, proof and checkpoint.")
  private Path directory;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      required = true,
      description =
          "The certificate of the key that signs heads, PEM or DER, or a directory of those of the"
              + " region.")
  private Path certificate;

  @Option(
      names = "--subject",
      paramLabel = "HEX",
      description = "Whose entry it must be, 32 hexadecimal digits.")
  private String subject;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  @Override
  public Integer call() {
    final List<IssuerKey> keys = HistoryPlace.keys(certificate, spec.commandLine().getErr());
    try {
      final SignedHead head =
          SignedHead.verified(new String(read(HEAD), StandardCharsets.UTF_8), keys);
      final Proof proof = Proof.of(read(PROOF));
      final long version = proof.second() + 1;
      final HistoryEntry entry = HistoryEntry.of(read(ENTRY), version);
      proof.requireIncludes(entry.bytes(), version, head.head());
      requireOf(entry, version);
      final ObjectNode shown = EntryJson.of(version, entry);
      spec.commandLine().getOut().println(json ? shown : "in the history: " + shown);
      spec.commandLine().getOut().flush();
      return ExitCode.OK;
    } catch (TransparencyException e) {
      throw HistoryPlace.refused(e);
    }
  }

  private void requireOf(HistoryEntry entry, long version) {
    if (subject == null) {
      return;
    }
    final byte[] holder;
    try {
      holder = Subject.ofHex(subject).toBytes();
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--" + e.getMessage());
    }
    if (!new EntryBlinding().of(holder, 0, version).isOf(entry)) {
      throw CommandException.refused(
          "other-holder: the entry of version " + version + " is not of that subject");
    }
  }

  private byte[] read(String name) {
    final Path file = directory.resolve(name);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw CommandException.refused(file + " is longer than " + MAX_BYTES + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }
}
