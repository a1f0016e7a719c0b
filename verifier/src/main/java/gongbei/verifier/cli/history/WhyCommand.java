package gongbei.verifier.cli.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.codec.model.Colour;
import gongbei.codec.transparency.EntryBlinding;
import gongbei.codec.transparency.HistoryEntry;
import gongbei.codec.transparency.Proof;
import gongbei.codec.transparency.ProvenChanges;
import gongbei.codec.transparency.SignedHead;
import gongbei.codec.transparency.TransparencyException;
import gongbei.codec.transparency.TreeHead;
import gongbei.codec.trust.FileFault;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows why a holder has their colour, and checks that the public log says so. */
@Command(
    name = "why",
    description =
        "Shows who has changed a holder's colour, when, on what ground and until when, and checks"
            + " the proof that each change is in the public log.",
    mixinStandardHelpOptions = true)
public final class WhyCommand implements Callable<Integer> {
  private static final int SECONDS_PER_MINUTE = 60;
  private static final String HOLDER_CODE = "Holder-Code";
  private static final String BYTES = "application/octet-stream";

  @Spec private CommandSpec spec;

  @Mixin private OpenAccess access;

  @ArgGroup(multiplicity = "1")
  private Who who;

  @Option(
      names = "--certificate",
      paramLabel = "FILE",
      description =
          "The certificate of the key that signs heads, PEM or DER: the head's signature is checked"
              + " by it.")
  private Path certificate;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description =
          "Also save entry, proof and head of the newest change that set a colour, for history"
              + " proof.")
  private Path into;

  @Option(names = "--json", description = "Write the node's answer as JSON after it was checked.")
  private boolean json;

  private static final class Who {
    @Option(names = "--code", description = "The holder's own code, no older than two minutes.")
    private String code;

    @Option(
        names = "--subject",
        paramLabel = "HEX",
        description = "The holder, for a key with the role issuer; 32 hexadecimal digits.")
    private String subject;
  }

  @Override
  public Integer call() throws InterruptedException {
    final Subject subject = subject();
    final NodeHttp node = access.node();
    final String path = "/v1/subjects/" + subject.toHex() + "/history";
    final JsonNode answer =
        who.code == null ? node.get(path) : node.get(path, HOLDER_CODE, encoded(who.code));
    final HolderHistory history = NodeJson.read(answer, HolderHistory.class);
    final Optional<TreeHead> head = head(history.head());
    final List<String> lines = new ArrayList<>();
    for (final HolderHistory.Change change : history.changes()) {
      if (change.setsColour()) {
        lines.addAll(checked(subject, change, head));
      }
    }
    final Optional<Long> saved =
        into == null
            ? Optional.empty()
            : Optional.of(
                save(
                    subject,
                    node.get(path, BYTES, HOLDER_CODE, who.code == null ? "" : encoded(who.code))));
    final PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(((ObjectNode) answer.deepCopy()).put("checked", true));
    } else {
      out.println(history.colour() + ", version " + history.version());
      lines.forEach(out::println);
      if (!history.complete()) {
        out.println("what was before is not kept or not told here");
      }
      history.appeals().forEach(appeal -> out.println("appeal " + appeal.line()));
      saved.ifPresent(version -> out.println("the proof of version " + version + " is in " + into));
    }
    out.flush();
    return ExitCode.OK;
  }

  /** Saves the newest change that is proven, once it is seen to be so; its version. */
  private long save(Subject subject, byte[] answer) {
    try {
      final ProvenChanges told = ProvenChanges.of(answer);
      final ProvenChanges.Change change =
          told.changes().stream()
              .filter(each -> each.proof().isPresent())
              .findFirst()
              .orElseThrow(
                  () -> CommandException.refused("no change is in a signed head yet: ask again"));
      requireOf(subject, change.version(), change.entry());
      final Proof proof = change.proof().orElseThrow();
      proof.requireIncludes(
          change.entry().bytes(), change.version(), head(told.head()).orElseThrow());
      SavedProof.write(into, told.head(), change.entry().bytes(), proof);
      return change.version();
    } catch (TransparencyException e) {
      throw HistoryPlace.refused(e);
    } catch (IOException e) {
      throw CommandException.unreachable(into + " " + FileFault.reasonOf(e));
    }
  }

  private static void requireOf(Subject subject, long version, HistoryEntry entry) {
    if (!entry.isBeforeHistory()
        && !new EntryBlinding().of(subject.toBytes(), 0, version).isOf(entry)) {
      throw CommandException.refused(
          "the entry of version " + version + " is not this holder's: the node shows another's");
    }
  }

  private Subject subject() {
    if (who.code == null) {
      try {
        return Subject.ofHex(who.subject);
      } catch (IllegalArgumentException e) {
        throw CommandException.usage("--subject is not 32 hexadecimal digits");
      }
    }
    final byte[] text = CodeText.bytes(who.code);
    final HealthCode code = new HealthCode();
    if (!code.wrap(text, 0, text.length) || code.format().issuer() == null) {
      throw CommandException.refused("--code is not a code of a region");
    }
    return Subject.of(code.buffer(), code.region().subjectOffset());
  }

  private static String encoded(String code) {
    return URLEncoder.encode(CodeText.of(code), StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The head that the node shows, its signature checked where the key is known. */
  private Optional<TreeHead> head(String note) {
    if (note == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          certificate == null
              ? SignedHead.of(note).head()
              : SignedHead.verified(
                      note, HistoryPlace.keys(certificate, spec.commandLine().getErr()))
                  .head());
    } catch (TransparencyException e) {
      throw HistoryPlace.refused(e);
    }
  }

  /** What a change's entry says, which is what is proven, in two lines. */
  private static List<String> checked(
      Subject subject, HolderHistory.Change change, Optional<TreeHead> head) {
    final long version = change.version();
    try {
      final byte[] bytes = Base64.getDecoder().decode(change.entry() == null ? "" : change.entry());
      final HistoryEntry entry = HistoryEntry.of(bytes, version);
      requireOf(subject, version, entry);
      String proven = "not in a signed head yet";
      if (change.proof() != null && head.isPresent()) {
        final List<byte[]> path = new ArrayList<>();
        change.proof().forEach(each -> path.add(Base64.getDecoder().decode(each)));
        new Proof(0, head.get().size(), version - 1, path)
            .requireIncludes(bytes, version, head.get());
        proven =
            "proven to be in the public log, in the head of "
                + head.get().size()
                + " entries of "
                + Instant.ofEpochSecond(head.get().epochSeconds());
      }
      return List.of(told(entry, change), "  version " + version + ": " + proven);
    } catch (TransparencyException e) {
      throw HistoryPlace.refused(e);
    } catch (IllegalArgumentException e) {
      throw CommandException.refused(
          "version " + version + " is not in the form that a node answers");
    }
  }

  private static String told(HistoryEntry entry, HolderHistory.Change change) {
    if (entry.isBeforeHistory()) {
      return "before the history began";
    }
    final StringBuilder line =
        new StringBuilder(Colour.ofNumber(entry.colourAfter()).wireName())
            .append(" since ")
            .append(Instant.ofEpochSecond(entry.epochSeconds()))
            .append(", ground ")
            .append(change.ground())
            .append(", by ")
            .append(signer(entry.authority(), change.authorityName()));
    if (entry.secondAuthority() != 0) {
      line.append(" and ").append(signer(entry.secondAuthority(), change.secondAuthorityName()));
    }
    if (entry.untilEpochMinutes() != 0) {
      line.append(", until ")
          .append(Instant.ofEpochSecond(entry.untilEpochMinutes() * SECONDS_PER_MINUTE))
          .append(", then ")
          .append(Colour.ofNumber(entry.nextColour()).wireName());
    }
    return line.toString();
  }

  private static String signer(long kid, String name) {
    if (kid == 0) {
      return "nobody who signed";
    }
    return HexFormat.of().toHexDigits(kid) + (name == null ? "" : " (" + name + ")");
  }
}
