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
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.config.Limits;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationFormat;
import gongbei.verifier.revocation.RevocationSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
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
    description = "Puts lists of revoked foreign codes in force on every node, and shows them.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {RevocationsCommand.Import.class, RevocationsCommand.Show.class})
public final class RevocationsCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage("say what to do: import or show; see gongbei revocations --help");
  }

  /** Imports the lists of one source. */
  @Command(
      name = "import",
      description = {
        "Reads lists as they are published and puts them in force on every node, through the log, in"
            + " the place of those that the same source had before. Signed by an authority.",
        "",
        "dgc-batches: batches of the EU gateway, JSON, or signed (CMS); files are named by the"
            + " batch's number. dgc-partitions: a directory of what the EU's revocation"
            + " distribution service answers: the list of keys, partitions, slices (extracted or in"
            + " archives); slices of whole hashes alone. shc-crl: card revocation lists of issuers"
            + " of SMART Health Cards. denylist: our own.",
        "",
        "Lists are taken as a whole or not at all: a file that is broken is named with its field."
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
        description = "The lists; of a directory all files together.")
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
            "Where the lists come from, at most 16 small letters, digits and hyphens; default the"
                + " format.")
    private String source;

    @Option(
        names = "--signer",
        paramLabel = "FILE",
        description = "Who must have signed each batch: certificates, PEM or DER.")
    private Path signer;

    @Option(
        names = "--delta",
        description = "Leave what the source had before, but for batches that are deleted.")
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
                          "--format is none of " + RevocationFormat.wireNames()));
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
      for (final JsonNode each : node.get("/v1/revocations/" + head.name()).path("lists")) {
        before.add(each.path("name").asText());
      }
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
      final String outcome = node.put("/v1/revocations/" + name, body).path("outcome").asText();
      if (!outcome.equals("applied")) {
        throw CommandException.refused(name + " is " + outcome);
      }
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
      description = "Shows the lists of revoked foreign codes that a node judges by.")
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private NodeAccess access;

    @Option(
        names = "--url",
        defaultValue = "http://127.0.0.1:" + Limits.DEFAULT_HTTP_PORT,
        description = "The node; default ${DEFAULT-VALUE}.")
    private URI url;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final JsonNode inForce = NodeHttp.ofAnyone(url, access.connection()).get("/v1/revocations");
      final PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.println(inForce);
      } else {
        for (final Map.Entry<String, JsonNode> each : inForce.path("sources").properties()) {
          out.println(each.getKey() + ": " + inWords(each.getValue()));
        }
        out.println("hashes " + inForce.path("hashes").asLong());
      }
      out.flush();
      return ExitCode.OK;
    }

    private static String inWords(JsonNode source) {
      final StringBuilder words = new StringBuilder();
      words
          .append(source.path("format").asText("not imported whole"))
          .append(", lists ")
          .append(source.path("lists").asLong())
          .append(", hashes ")
          .append(source.path("hashes").asLong());
      if (source.path("importedAt").asLong() != 0) {
        words
            .append(", imported ")
            .append(Instant.ofEpochSecond(source.path("importedAt").asLong()));
      }
      if (source.path("expiresAt").asLong() != 0) {
        words.append(", expires ").append(Instant.ofEpochSecond(source.path("expiresAt").asLong()));
      }
      return words.toString();
    }
  }
}
