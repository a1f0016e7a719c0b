package gongbei.verifier.cli.venue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.file.PrivateFiles;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.TextFile;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.cli.remote.NodeJson;
import gongbei.verifier.cli.remote.OpenAccess;
import gongbei.verifier.print.QrImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Codes of venues. */
@Command(
    name = "venue",
    description = "Issues the codes of venues, and shows what a venue's screen shows.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    subcommands = {VenueCommand.Issue.class, VenueCommand.Code.class, VenueCommand.Visit.class})
public final class VenueCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw CommandException.usage("say what to do: issue, code or visit; see gongbei venue --help");
  }

  /** A venue, as a node is given it; null where the node's default counts. */
  private record NewVenue(
      String checkpoint,
      String place,
      String ruleset,
      String form,
      Integer ttlSeconds,
      String pin) {}

  /** A visit, as a node is given it; without a PIN where none is asked for. */
  private record NewVisit(String code, String venue, String pin) {}

  /** How a venue's code is shown. */
  enum Form {
    PRINTED,
    SCREEN
  }

  /** Issues a venue's code or licence. */
  @Command(
      name = "issue",
      description = {
        "Issues the code of a venue.",
        "",
        "A printed code is put up as it is. For a screen it is a licence, which the venue keeps:"
            + " the page /venue, or gongbei venue code, makes the code of each minute by it."
      })
  static final class Issue implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--checkpoint",
        paramLabel = "KIND",
        required = true,
        description = "The kind of checkpoint that the venue is, as in metro.")
    private String checkpoint;

    @Option(
        names = "--place",
        paramLabel = "NAME",
        required = true,
        description = "The venue's name, for holders to read.")
    private String place;

    @Option(names = "--ruleset", paramLabel = "NAME", description = "Default: the checkpoint's.")
    private String ruleset;

    @Option(
        names = "--form",
        defaultValue = "printed",
        description = "printed or screen. Default ${DEFAULT-VALUE}.")
    private Form form;

    @Option(names = "--ttl-seconds", description = "Lifetime; the node's default is 30 days.")
    private Integer ttlSeconds;

    @Option(
        names = "--pin",
        paramLabel = "DIGITS",
        description = "4 to 8 digits that holders are asked for; the venue shows them at its door.")
    private String pin;

    @Option(names = "--png", paramLabel = "FILE", description = "Also draw it to a new PNG file.")
    private Path png;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body =
          NodeJson.write(
              new NewVenue(
                  checkpoint,
                  place,
                  ruleset,
                  form.name().toLowerCase(Locale.ROOT),
                  ttlSeconds,
                  pin));
      final JsonNode issued = access.node().post("/v1/venues", body);
      if (png != null) {
        draw(png, issued.path("code").asText());
      }
      print(spec, json ? issued.toString() : issued.path("code").asText());
      return ExitCode.OK;
    }
  }

  /** Shows the code of a venue's screen. */
  @Command(
      name = "code",
      description = "Shows the code and the word of a venue's screen, each minute's.")
  static final class Code implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--licence",
        paramLabel = "FILE",
        required = true,
        description = "What venue issue --form screen has printed.")
    private Path licence;

    @Option(
        names = "--times",
        defaultValue = "1",
        description = "Number of minutes; 0 for unlimited. Default ${DEFAULT-VALUE}.")
    private int times;

    @Option(names = "--json", description = "Write one JSON object a minute.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      if (times < 0) {
        throw CommandException.usage("--times is not 0 or more");
      }
      final ObjectNode body = JsonNodeFactory.instance.objectNode().put("licence", read(licence));
      final NodeHttp node = access.node();
      for (int i = 1; times == 0 || i <= times; i++) {
        final JsonNode shown = node.post("/v1/venues/codes", body);
        print(
            spec,
            json
                ? shown.toString()
                : shown.path("word").asText() + " " + shown.path("code").asText());
        if (i != times) {
          final Instant refreshAt = Rfc3339.instant(shown.path("refreshAt").asText());
          final long waitMillis = Duration.between(Instant.now(), refreshAt).toMillis();
          TimeUnit.MILLISECONDS.sleep(Math.max(0, waitMillis));
        }
      }
      return ExitCode.OK;
    }
  }

  /** Visits a venue as a wallet does. */
  @Command(
      name = "visit",
      description = "Visits a venue as a wallet does: by the holder's own code and the venue's.")
  static final class Visit implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Mixin private OpenAccess access;

    @Option(
        names = "--code",
        paramLabel = "CODE",
        required = true,
        description = "A fresh code of the holder's own.")
    private String code;

    @Option(
        names = "--venue",
        paramLabel = "CODE",
        required = true,
        description = "What the venue shows.")
    private String venue;

    @Option(names = "--pin", paramLabel = "DIGITS", description = "What the venue asks for.")
    private String pin;

    @Option(names = "--json", description = "Write JSON.")
    private boolean json;

    @Override
    public Integer call() throws InterruptedException {
      final ObjectNode body = NodeJson.write(new NewVisit(code, venue, pin));
      final JsonNode visit = access.node().post("/v1/visits", body);
      print(spec, json ? visit.toString() : line(visit));
      return visit.path("verdict").asText().equals("pass") ? ExitCode.OK : ExitCode.REFUSED;
    }

    private static String line(JsonNode visit) {
      return visit.path("verdict").asText()
          + " "
          + visit.path("reason").asText()
          + (visit.has("word") ? "  word " + visit.path("word").asText() : "")
          + "  at "
          + visit.path("at").asText()
          + "  "
          + visit.path("place").asText();
    }
  }

  private static String read(Path file) {
    try {
      return TextFile.read(file).strip();
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private static void draw(Path file, String code) {
    try {
      PrivateFiles.writeNew(file, QrImage.png(code));
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private static void print(CommandSpec spec, String line) {
    spec.commandLine().getOut().println(line);
    spec.commandLine().getOut().flush();
  }
}
