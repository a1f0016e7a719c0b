package gongbei.verifier.cli.code;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.ClaimsJson;
import gongbei.codec.code.CodeText;
import gongbei.codec.code.HealthCode;
import gongbei.verifier.cli.exit.ExitCode;
import gongbei.verifier.cli.input.CodeInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a code claims. */
@Command(
    name = "decode",
    description = "Shows a code's claims as JSON. It verifies nothing: do not trust them.",
    mixinStandardHelpOptions = true)
public final class DecodeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "CODE", description = "The code's text, or - to read it from input.")
  private String code;

  @Option(names = "--json", description = "Write one line.")
  private boolean oneLine;

  @Override
  public Integer call() throws IOException {
    final String text =
        code.equals("-")
            ? new String(
                System.in.readNBytes(CodeInput.MAX_LINE_CHARACTERS), StandardCharsets.UTF_8)
            : code;
    final byte[] bytes = CodeText.bytes(text);
    final HealthCode decoded = new HealthCode();
    final ObjectMapper json = new ObjectMapper();
    final ObjectNode answer = json.createObjectNode();
    final boolean wellFormed = decoded.wrap(bytes, 0, bytes.length);
    answer.put("format", decoded.format() == null ? null : decoded.format().name());
    if (wellFormed) {
      answer.put("alg", decoded.signed().algorithm().name());
      answer.put(
          "kid",
          decoded.signed().kidBytes() == null
              ? null
              : HexFormat.of().formatHex(decoded.signed().kidBytes()));
      answer.set("claims", ClaimsJson.of(decoded));
    } else {
      answer.put("reason", decoded.isUnsupported() ? "unsupported-format" : "malformed");
      answer.put("field", decoded.field());
      answer.put("detail", decoded.field() + " " + decoded.explanation());
    }
    spec.commandLine().getOut().println(oneLine ? answer.toString() : answer.toPrettyString());
    spec.commandLine().getOut().flush();
    return wellFormed ? ExitCode.OK : ExitCode.REFUSED;
  }
}
