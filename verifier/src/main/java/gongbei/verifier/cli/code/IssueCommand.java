package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.TestResult;
import gongbei.codec.time.Rfc3339;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.input.KeyPlace;
import gongbei.verifier.config.Limits;
import gongbei.verifier.print.QrImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Issues one code. */
@Command(
    name = "issue",
    description = "Issues one Guangdong or Macau code, as text or as a picture.",
    mixinStandardHelpOptions = true)
public final class IssueCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--keys",
      paramLabel = "DIR|FILE",
      required = true,
      description = "Private keys and their certificates, *.pem; or a token's file, *.yaml.")
  private Path keyDirectory;

  @Option(
      names = "--format",
      paramLabel = "GD1|MO1",
      required = true,
      description = "The code's format.")
  private CodeFormat format;

  @ArgGroup(multiplicity = "1")
  private Holder holder;

  @Option(names = "--kind", defaultValue = "person", description = "person or paper.")
  private Kind kind;

  @Option(names = "--colour", defaultValue = "green", description = "green, yellow or red.")
  private Colour colour;

  @Option(names = "--result", defaultValue = "none", description = "none, negative or positive.")
  private TestResult result;

  @Option(
      names = "--sample-time",
      paramLabel = "TIME",
      description = "When the sample was taken (RFC 3339), with its offset; with a result.")
  private String sampleTime;

  @Option(names = "--doses", defaultValue = "0", description = "Vaccine doses, 0 to 99.")
  private int doses;

  @Option(
      names = "--ttl-seconds",
      defaultValue = "60",
      description = "Lifetime of the code; default ${DEFAULT-VALUE}.")
  private long ttlSeconds;

  @Option(names = "--png", paramLabel = "FILE", description = "Also draw the code to a PNG file.")
  private Path png;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  private static final class Holder {
    @Option(names = "--subject", paramLabel = "HEX", description = "32 hexadecimal digits.")
    private String subject;

    @ArgGroup(exclusive = false)
    private Document document;
  }

  private static final class Document {
    @Option(
        names = "--document-type",
        required = true,
        description = "mainland-id, home-return-permit, exit-entry-permit, macau-bir or passport.")
    private DocumentType type;

    @Option(
        names = "--document-number",
        required = true,
        description =
            "The number; only its subject is used, and the number is neither printed "
                + "nor stored.")
    private String number;

    @Option(
        names = "--secret",
        paramLabel = "FILE",
        required = true,
        description = "The region's secret.")
    private Path secret;
  }

  private enum Kind {
    PERSON,
    PAPER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() {
    final long now = CodeInput.nowEpochSeconds();
    if (format == CodeFormat.HC1) {
      throw CommandException.usage("--format is neither GD1 nor MO1");
    }
    if (ttlSeconds < 1 || ttlSeconds > Limits.MAX_PAPER_CODE_SECONDS) {
      throw CommandException.usage(
          "--ttl-seconds is not from 1 to " + Limits.MAX_PAPER_CODE_SECONDS);
    }
    try {
      final SigningKey key = KeyPlace.read(keyDirectory).current(format, now);
      if (key == null) {
        throw CommandException.refused(
            keyDirectory + " holds no key that is valid now and signs " + format);
      }
      final String code = new CodeIssuer(format, key).issue(claims(now));
      if (png != null) {
        write(QrImage.png(code));
      }
      print(code, now + ttlSeconds);
      return ExitCode.OK;
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    } catch (IllegalArgumentException e) {
      throw CommandException.usage(e.getMessage());
    }
  }

  private CodeClaims claims(long now) throws TrustException {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    new SecureRandom().nextBytes(serial);
    if ((result == TestResult.NONE) != (sampleTime == null)) {
      throw CommandException.usage("--sample-time goes with a --result, and only with one");
    }
    return CodeClaims.of(kind == Kind.PAPER ? CodeKind.PAPER : CodeKind.PERSON, subject())
        .colour(colour)
        .test(result, sampleEpochMinutes())
        .doses(doses)
        .serial(serial)
        .validity(now, now + ttlSeconds)
        .build();
  }

  private void write(byte[] picture) {
    try {
      Files.write(png, picture);
    } catch (NoSuchFileException e) {
      throw CommandException.unreachable(png + " can't be written: its directory does not exist");
    } catch (IOException e) {
      throw CommandException.unreachable(png + " " + FileFault.reasonOf(e));
    }
  }

  private int sampleEpochMinutes() {
    if (sampleTime == null) {
      return 0;
    }
    if (Rfc3339.lacksOffset(sampleTime)) {
      throw CommandException.usage("--sample-time has no offset (Z, +08:00): write it");
    }
    try {
      return Math.toIntExact(Math.floorDiv(CodeInput.epochSeconds(sampleTime), 60L));
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--sample-time " + e.getMessage());
    } catch (ArithmeticException e) {
      throw CommandException.usage("--sample-time is not an RFC 3339 date-time before 6053");
    }
  }

  private byte[] subject() throws TrustException {
    return holder.subject == null
        ? SubjectSecret.read(holder.document.secret)
            .subject(holder.document.type, holder.document.number)
        : Subject.ofHex(holder.subject).toBytes();
  }

  private void print(String code, long expiresAtEpochSeconds) {
    spec.commandLine()
        .getOut()
        .println(
            json
                ? new ObjectMapper()
                    .createObjectNode()
                    .put("code", code)
                    .put("exp", expiresAtEpochSeconds)
                    .toString()
                : code);
    spec.commandLine().getOut().flush();
  }
}
