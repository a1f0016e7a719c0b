package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeText;
import gongbei.codec.model.Region;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.translate.Translation;
import gongbei.codec.translate.TranslationRequest;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.Receipt;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.input.KeyPlace;
import gongbei.verifier.cli.input.TrustPlace;
import gongbei.verifier.cli.remote.NodeAccess;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.limits.ClientLimits;
import gongbei.verifier.translate.TableException;
import gongbei.verifier.translate.TranslationJson;
import gongbei.verifier.translate.TranslationTables;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a code of one region into a code of the other. */
@Command(
    name = "translate",
    description = {
      "Translates a code of the other region into a code of the target region.",
      "",
      "By --url a node of the target region does it, and records the visitor, so that its"
          + " checkpoints know them. By --keys it is done here, with the target region's keys and"
          + " secret: links are not known and no visitor is recorded."
    },
    mixinStandardHelpOptions = true)
public final class TranslateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private NodeAccess access;

  @Parameters(paramLabel = "CODE", description = "The text of the code.")
  private String code;

  @Option(
      names = "--target",
      paramLabel = "GD|MO",
      required = true,
      description = "The target region.")
  private String target;

  @ArgGroup(multiplicity = "1")
  private Place place;

  @Option(names = "--require-link", description = "Refuse a holder without a link.")
  private boolean linkRequired;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class Place {
    @Option(names = "--url", description = "A node of the target region.")
    private URI url;

    @ArgGroup(exclusive = false)
    private Here here;
  }

  private static final class Here {
    @Option(
        names = "--keys",
        paramLabel = "DIR|FILE",
        required = true,
        description =
            "The target region's keys and certificates, *.pem; or a token's file, *.yaml.")
    private Path keys;

    @Option(
        names = "--trust",
        paramLabel = "DIR",
        required = true,
        description = "The other region's certificates, *.pem.")
    private Path trust;

    @Option(
        names = "--secret",
        paramLabel = "FILE",
        required = true,
        description = "The target region's secret.")
    private Path secret;

    @Option(
        names = "--tables",
        paramLabel = "DIR",
        description =
            "Directory of a translation table, such as gd-to-mo.yaml; default: the "
                + "table shipped.")
    private Path tables;

    @Option(
        names = "--audit",
        paramLabel = "FILE",
        description = "Append a receipt to this audit log.")
    private Path audit;
  }

  @Override
  public Integer call() throws InterruptedException {
    final Region region =
        Region.ofWireName(target)
            .orElseThrow(() -> CommandException.usage("--target is neither GD nor MO"));
    print(place.url == null ? translateHere(region) : translateThere());
    return ExitCode.OK;
  }

  private JsonNode translateThere() throws InterruptedException {
    return NodeHttp.ofAnyone(place.url, access.connection())
        .post(
            "/v1/translations",
            JsonNodeFactory.instance
                .objectNode()
                .put("code", code)
                .put("target", target)
                .put("requireLink", linkRequired));
  }

  private JsonNode translateHere(Region region) {
    final CodeFormat format = CodeFormat.of(region);
    final Here here = place.here;
    final long now = CodeInput.nowEpochSeconds();
    try {
      final SigningKey key = KeyPlace.read(here.keys).current(format, now);
      if (key == null) {
        throw CommandException.refused(
            here.keys + " holds no key that is valid now and signs " + format);
      }
      final TranslationTables tables =
          here.tables == null
              ? TranslationTables.shipped(format)
              : TranslationTables.ofDirectory(here.tables, format);
      final TrustList trust = TrustPlace.read(here.trust, spec.commandLine().getErr());
      final CodeTranslator translator =
          new CodeTranslator(
              new CodeTranslator.Context(format, SubjectSecret.read(here.secret))
                  .trust(() -> trust)
                  .engine(BouncyCastleEngine::new)
                  .table(tables::current)
                  .clockSkewSeconds(ClientLimits.CLOCK_SKEW_SECONDS)
                  .holders(NOBODY)
                  .batchCapacity(1));
      final Translation translation =
          translator
              .translate(
                  List.of(new TranslationRequest(CodeText.bytes(code), target, linkRequired)),
                  key,
                  now)[0];
      final long receipt = receipt(translation, region, key, now);
      if (!translation.isTranslated()) {
        throw CommandException.refused(
            translation.fault().wireName()
                + ": "
                + translation.field()
                + " "
                + translation.explanation());
      }
      final ObjectNode answer = TranslationJson.of(translation);
      return here.audit == null ? answer : answer.put("receipt", receipt);
    } catch (TrustException | TableException | AuditException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  /** Without a map there are no links. */
  private static final CodeTranslator.Holders NOBODY =
      new CodeTranslator.Holders() {
        @Override
        public byte[] linked(byte[] buffer, int offset) {
          return null;
        }

        @Override
        public long newestSource(byte[] subject) {
          return 0;
        }
      };

  private long receipt(Translation translation, Region region, SigningKey key, long now)
      throws AuditException {
    if (place.here.audit == null || !translation.verified()) {
      return 0;
    }
    try (AuditLog audit = AuditLog.ofFile(place.here.audit, region)) {
      return audit.append(List.of(Receipt.of(translation, region)), key, now);
    }
  }

  private void print(JsonNode answer) {
    spec.commandLine().getOut().println(json ? answer : answer.path("code").asText());
    spec.commandLine().getOut().flush();
  }
}
