package gongbei.verifier.cli.code;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.HealthCardParts;
import gongbei.codec.code.HealthCode;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.input.TrustPlace;
import gongbei.verifier.print.QrImage;
import gongbei.verifier.qr.SymbolParts;
import gongbei.verifier.rules.Reason;
import gongbei.verifier.rules.Verdict;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.scan.ScanEvaluator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Verifies codes by signature and time, on the very path that a node's scans take, but with Bouncy
 * Castle: each line may bring an anchor of its own, and a table of an anchor's multiples costs as
 * much as hundreds of verifications by the library, which one code or a file of them seldom repays.
 */
@Command(
    name = "verify",
    description = {
      "Verifies the signature and the times of codes. No status map is asked and no checkpoint's"
          + " rules are applied: a node does that.",
      "",
      "With --jsonl, each line of input is an object: code, optional certificate (base64"
          + " DER, then the only trust anchor; if it can't be used, no issuer is trusted), optional"
          + " at (RFC 3339). Each line of output, in order, is an object: verdict, reason, field,"
          + " format, issuer, kid, claims, detail. Claims are shown wherever they can be decoded,"
          + " whatever the verdict. Blank lines are skipped."
    },
    mixinStandardHelpOptions = true)
public final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CODE", arity = "0..*", description = "The text of codes.")
  private List<String> codes = List.of();

  @Option(
      names = "--trust",
      paramLabel = "DIR",
      description = "Issuers' certificates, PEM or DER. Without it no issuer is trusted.")
  private Path trustDirectory;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Evaluate as of this time (RFC 3339); default now.")
  private String at;

  @Option(
      names = "--jsonl",
      paramLabel = "FILE",
      description = "Read one object a line, from a file or - for input.")
  private String linesFile;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description =
          "Read the codes in a picture (PNG, JPEG, GIF, BMP, TIFF, WebP) or in a PDF's first pages, one"
              + " answer for each.")
  private List<Path> images = List.of();

  @Option(names = "--json", description = "Write one JSON object a code.")
  private boolean json;

  private final ObjectMapper mapper =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private final HealthCardParts parts = new HealthCardParts();
  private final SymbolParts symbols = new SymbolParts();
  private final Scan scan = new Scan();
  private final Scan[] batch = {scan};
  private TrustList trust = TrustList.EMPTY;
  private ScanEvaluator evaluator;
  private PrintWriter out;
  private boolean allPass = true;

  @Override
  public Integer call() throws IOException {
    if (codes.isEmpty() && images.isEmpty() && linesFile == null) {
      throw CommandException.usage("give a CODE, --image or --jsonl");
    }
    out = spec.commandLine().getOut();
    final long atEpochSeconds = at == null ? Scan.NOW : optionTime();
    final TrustList listed = loadTrust();
    evaluator =
        new ScanEvaluator(
            new ScanEvaluator.Context()
                .trust(() -> trust)
                .engine(BouncyCastleEngine::new)
                .batchCapacity(1));
    for (final String code : codes) {
      verifyAll(parts.take(code), listed, atEpochSeconds);
    }
    for (final Path image : images) {
      verifyImage(image, listed, atEpochSeconds);
    }
    for (final String missing : symbols.drop()) {
      print(refusal("image", "image " + missing));
    }
    verifyAll(parts.rest(), listed, atEpochSeconds);
    if (linesFile != null) {
      verifyLines(listed, atEpochSeconds);
    }
    out.flush();
    return allPass ? ExitCode.OK : ExitCode.REFUSED;
  }

  private long optionTime() {
    try {
      return CodeInput.epochSeconds(at);
    } catch (IllegalArgumentException e) {
      throw CommandException.usage("--at " + e.getMessage());
    }
  }

  private TrustList loadTrust() {
    if (trustDirectory == null) {
      return TrustList.EMPTY;
    }
    try {
      return TrustPlace.read(trustDirectory, spec.commandLine().getErr());
    } catch (TrustException e) {
      throw CommandException.unreachable(e.getMessage());
    }
  }

  private void verifyImage(Path image, TrustList anchors, long atEpochSeconds) throws IOException {
    try (InputStream bytes = CodeInput.open(image)) {
      for (final String code : QrImage.readAll(bytes, symbols)) {
        verifyAll(parts.take(code), anchors, atEpochSeconds);
      }
    } catch (QrImage.UnreadableException e) {
      print(refusal("image", e.getMessage()));
    }
  }

  private void verifyAll(List<String> texts, TrustList anchors, long atEpochSeconds) {
    for (final String text : texts) {
      print(verify(text, anchors, atEpochSeconds));
    }
  }

  private void print(ObjectNode answer) {
    out.println(json ? answer.toString() : inWords(answer));
  }

  private static String inWords(ObjectNode answer) {
    final StringBuilder words = new StringBuilder(answer.get("verdict").textValue());
    words.append(": ").append(answer.get("reason").textValue());
    if (!answer.get("detail").isNull()) {
      words.append(" (").append(answer.get("detail").textValue()).append(')');
    }
    if (!answer.get("format").isNull()) {
      words.append(", ").append(answer.get("format").textValue());
    }
    if (!answer.get("issuer").isNull()) {
      words.append(" by ").append(answer.get("issuer").textValue());
    }
    if (!answer.get("kid").isNull()) {
      words.append(", kid ").append(answer.get("kid").textValue());
    }
    return words.toString();
  }

  private void verifyLines(TrustList listed, long atEpochSeconds) throws IOException {
    final VerifyLine lines = new VerifyLine(mapper);
    try (BufferedReader reader = CodeInput.lines(linesFile)) {
      final StringBuilder line = new StringBuilder();
      while (CodeInput.readLine(reader, line)) {
        if (!line.toString().isBlank()) {
          out.println(verifyLine(lines, line, listed, atEpochSeconds));
        }
      }
    }
  }

  private ObjectNode verifyLine(
      VerifyLine lines, CharSequence line, TrustList listed, long atEpochSeconds) {
    try {
      final VerifyLine.Question question = lines.read(line.toString());
      final VerifyLine.Anchor anchor = question.anchor();
      final ObjectNode answer =
          verify(
              question.code(),
              anchor == null ? listed : anchor.trusted(),
              question.atEpochSeconds() == Scan.NOW ? atEpochSeconds : question.atEpochSeconds());
      if (anchor != null && anchor.fault() != null && scan.reason() == Reason.UNKNOWN_ISSUER) {
        answer.put("field", "certificate").put("detail", "certificate " + anchor.fault());
      }
      return answer;
    } catch (VerifyLine.FaultException e) {
      return refusal(e.field(), e.getMessage());
    }
  }

  /** The answer where no code could be got at. */
  private ObjectNode refusal(String field, String detail) {
    allPass = false;
    final ObjectNode answer = mapper.createObjectNode();
    answer.put("verdict", Verdict.REFUSE.wireName());
    answer.put("reason", Reason.MALFORMED.wireName());
    answer.put("field", field);
    answer.putNull("format").putNull("issuer").putNull("kid").putNull("claims");
    return answer.put("detail", detail);
  }

  private ObjectNode verify(String code, TrustList anchors, long atEpochSeconds) {
    trust = anchors;
    scan.text(code).ruleset(null).atEpochSeconds(atEpochSeconds);
    evaluator.evaluate(batch, 1);
    allPass &= scan.verdict() == Verdict.PASS;
    final HealthCode decoded = scan.code();
    final boolean wellFormed =
        switch (scan.reason()) {
          case MALFORMED, UNSUPPORTED_FORMAT -> false;
          default -> true;
        };
    final ObjectNode answer = mapper.createObjectNode();
    answer.put("verdict", scan.verdict().wireName());
    answer.put("reason", scan.reason().wireName());
    answer.put("field", scan.field());
    answer.put("format", decoded.format() == null ? null : decoded.format().name());
    answer.put("issuer", issuerOf(decoded, wellFormed));
    final byte[] kid = wellFormed ? decoded.signed().kidBytes() : null;
    answer.put("kid", kid == null ? null : HexFormat.of().formatHex(kid));
    answer.set("claims", wellFormed ? ClaimsJson.of(decoded) : null);
    answer.put("detail", scan.field() == null ? null : scan.field() + " " + scan.explanation());
    return answer;
  }

  /** What the verified key says; where no key was found, what the code says of itself. */
  private String issuerOf(HealthCode decoded, boolean wellFormed) {
    if (scan.issuerKey() != null && wellFormed) {
      return scan.issuerKey().issuer();
    }
    return wellFormed ? decoded.cwt().issuer() : null;
  }
}
