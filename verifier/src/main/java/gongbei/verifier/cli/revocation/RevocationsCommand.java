package gongbei.verifier.cli.revocation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.file.FileContent;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.KeyFile;
import gongbei.codec.trust.TrustException;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.AuthorityAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.cli.remote.Outcome;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationFormat;
import gongbei.verifier.revocation.RevocationSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.cert.X509CertificateHolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Lists of revoked foreign codes. */
@Command(
    name = "revocations",
    description = "Imports lists of revoked foreign codes, and shows them.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {RevocationsCommand.Import.class, RevocationsCommand.Show.class})
public final class RevocationsCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage(
        "a subcommand is missing: import or show; see gongbei revocations --help");
  }

  /** Imports the lists of one source. */
  @Command(
      name = "import",
      description = {
        "Reads published lists and puts them in force on every node, through the log. They replace"
            + " the earlier lists of the same source. Signed by an authority.",
        "",
        "dgc-batches: batches of the EU gateway, JSON, or signed (CMS); files are named by the"
            + " batch's number. dgc-partitions: a directory of what the EU's revocation"
            + " distribution service answers: the list of keys, partitions, slices (extracted or in"
            + " archives); slices of whole hashes alone. shc-crl: card revocation lists of issuers"
            + " of SMART Health Cards. denylist: our own.",
        "",
        "All lists are imported or none: a malformed file is refused with its name and the field."
      })
  static final class Import implements Callable<Integer> {
    private static final int MAX_DAYS = 3_650;
    private static final int DEFAULT_DAYS = 7;

    @Spec private CommandSpec spec;

    @Mixin private AuthorityAccess authority;

    @Option(
        names = "--from",
        paramLabel = "FILE|DIR",
        required = true,
        description = "The lists; of a directory, all its files.")
    private Path from;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        required = true,
        description = "dgc-batches, dgc-partitions, shc-crl or denylist.")
    private String format;

    @Option(
        names = "--source",
        paramLabel = "NAME",
        description =
            "The name of the lists' source, up to 16 small letters, digits and hyphens; default"
                + " the format.")
    private String source;

    @Option(
        names = "--signer",
        paramLabel = "FILE",
        description = "The certificates of which one must have signed each batch, PEM or DER.")
    private Path signer;

    @Option(
        names = "--delta",
        description = "Keep the source's earlier lists, except batches that are deleted.")
    private boolean delta;

    @Option(
        names = "--valid-days",
        paramLabel = "DAYS",
        description = "When the lists are too old to rely on; default 7, and never for a denylist.")
    private Integer validDays;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    /** What came of an import. */
    private record Sent(int added, int same, int withdrawn) {}

    @Override
    public Integer call() throws InterruptedException {
      final RevocationFormat known =
          RevocationFormat.ofWireName(format)
              .orElseThrow(
                  () ->
                      CommandException.usage(
                          "--format is not one of " + RevocationFormat.wireNames()));
      final String name = source == null ? known.wireName() : source;
      if (!RevocationSource.isName(name)) {
        throw CommandException.usage(
            "--source is not of small letters, digits and hyphens, 16 at most");
      }
      if (validDays != null && (validDays < 1 || validDays > MAX_DAYS)) {
        throw CommandException.usage("--valid-days is not from 1 to " + MAX_DAYS);
      }
      if (signer != null && known != RevocationFormat.DGC_BATCHES) {
        throw CommandException.usage("--signer is for dgc-batches alone");
      }
      if (!Files.exists(from)) {
        throw CommandException.unreachable(from + " does not exist");
      }
      final long now = Instant.now().getEpochSecond();
      final GatheredLists lists = new GatheredLists(name);
      try {
        new RevocationReader(known, lists, signers(), now).read(from, delta);
      } catch (RevocationException e) {
        throw CommandException.refused(e.getMessage());
      }
      if (known == RevocationFormat.DGC_BATCHES && signer == null) {
        final PrintWriter warnings = spec.commandLine().getErr();
        warnings.println("warning: who signed the batches was not checked: --signer");
        warnings.flush();
      }
      final RevocationSource head = new RevocationSource(name, known, now, expiry(known, now));
      final Sent sent = send(authority.node(), head, lists);
      tell(head, lists, sent);
      return ExitCode.OK;
    }

    private long expiry(RevocationFormat known, long now) {
      if (validDays == null && known == RevocationFormat.DENYLIST) {
        return 0;
      }
      return now + TimeUnit.DAYS.toSeconds(validDays == null ? DEFAULT_DAYS : validDays);
    }

    private List<X509CertificateHolder> signers() {
      final List<X509CertificateHolder> certificates = new ArrayList<>();
      if (signer == null) {
        return certificates;
      }
      try {
        final byte[] bytes = FileContent.read(signer, KeyFile.MAX_BYTES).orThrow();
        for (final byte[] der : KeyFile.of(signer.toString(), bytes).certificates()) {
          certificates.add(new X509CertificateHolder(der));
        }
      } catch (IOException e) {
        throw CommandException.unreachable(signer + " " + FileFault.reasonOf(e));
      } catch (TrustException e) {
        throw CommandException.refused(e.getMessage());
      }
      if (certificates.isEmpty()) {
        throw CommandException.refused(signer + " holds no certificate");
      }
      return certificates;
    }

    /**
     * Sends new lists first, then the source with its age, and withdraws last: at no time is a hash
     * missing that both the lists before and those after have.
     */
    private Sent send(NodeHttp node, RevocationSource head, GatheredLists lists)
        throws InterruptedException {
      final Set<String> before = new HashSet<>();
      NodeJson.read(node.get("/v1/revocations/" + head.name()), RevocationView.Lists.class)
          .lists()
          .forEach(each -> before.add(each.name()));
      final long revision = Instant.now().toEpochMilli();
      int added = 0;
      for (final Map.Entry<String, byte[]> list : lists.documents().entrySet()) {
        if (!before.contains(list.getKey())) {
          put(
              node,
              list.getKey(),
              JsonNodeFactory.instance
                  .objectNode()
                  .put("revision", revision)
                  .put("content", Base64.getEncoder().encodeToString(list.getValue())));
          added++;
        }
      }
      put(node, head.name(), head.json().put("revision", revision));
      final Set<String> gone = new TreeSet<>();
      for (final String name : before) {
        if (delta ? isDeleted(name, lists) : !lists.documents().containsKey(name)) {
          gone.add(name);
        }
      }
      for (final String name : gone) {
        put(node, name, JsonNodeFactory.instance.objectNode().put("revision", revision));
      }
      return new Sent(added, lists.documents().size() - added, gone.size());
    }

    /** A batch of more hashes than one document holds is of several, numbered. */
    private static boolean isDeleted(String name, GatheredLists lists) {
      return lists.withdrawn().stream()
          .anyMatch(each -> name.equals(each) || name.startsWith(each + "-"));
    }

    private static void put(NodeHttp node, String name, ObjectNode body)
        throws InterruptedException {
      final Outcome unused =
          Outcome.of(node.put("/v1/revocations/" + name, body)).requireApplied(name, "");
    }

    private void tell(RevocationSource head, GatheredLists lists, Sent sent) {
      final PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(
            head.json()
                .put("source", head.name())
                .put("lists", lists.documents().size())
                .put("hashes", lists.hashes())
                .put("added", sent.added())
                .put("withdrawn", sent.withdrawn())
                .put("over", lists.expired()));
      } else {
        out.println(
            head.name()
                + ": lists "
                + lists.documents().size()
                + ", hashes "
                + lists.hashes()
                + ", added "
                + sent.added()
                + ", unchanged "
                + sent.same()
                + ", withdrawn "
                + sent.withdrawn()
                + ", over "
                + lists.expired()
                + (head.expiresAtEpochSeconds() == 0
                    ? ""
                    : ", expires " + Instant.ofEpochSecond(head.expiresAtEpochSeconds())));
      }
      out.flush();
    }
  }

  /** Shows what is in force. */
  @Command(
      name = "show",
      description = "Shows the lists of revoked foreign codes in force on a node.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final JsonNode answer = access.node().get("/v1/revocations");
      final PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(answer);
      } else {
        final RevocationView inForce = NodeJson.read(answer, RevocationView.class);
        inForce.sources().forEach((name, source) -> out.println(name + ": " + source));
        out.println("hashes " + inForce.hashes());
      }
      out.flush();
      return ExitCode.OK;
    }
  }
}
