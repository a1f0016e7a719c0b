package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the EU codes of the WHO's gdhcn-validator through {@code verify}. The corpus has no keys for
 * them: each has to be decoded, with its issuer and kid, and refused as nobody's who is trusted.
 */
final class GdhcnCodes {
  private record Code(String file, String issuer, String kid) {}

  /** Issuers and kids as another reader of CBOR finds them in the files. */
  private static final List<Code> CODES =
      List.of(
          new Code("EUColombiaContents.txt", "CO", "c8bb11b4068bb4c8"),
          new Code("EUItalyAcceptanceQRContents.txt", "IT", "39301768cdda0513"),
          new Code("EUQR1Contents.txt", "DE", "c9609176987c5c9b"));

  private final Path folder;

  GdhcnCodes(Path corpora) {
    folder = corpora.resolve("gdhcn");
  }

  List<Outcome> run() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final Code code : CODES) {
      final String text = Files.readString(folder.resolve(code.file())).strip();
      final List<JsonNode> answers = CommandRun.of("verify", "--json", text).answers();
      final JsonNode answer =
          answers.size() == 1 ? answers.get(0) : JsonFiles.JSON.createObjectNode();
      outcomes.add(
          new Outcome(
              "gdhcn/" + code.file(),
              "refuse unknown-issuer, by " + code.issuer() + ", kid " + code.kid(),
              CommandRun.inWords(answer)
                  + ", by "
                  + answer.path("issuer").asText()
                  + ", kid "
                  + answer.path("kid").asText(),
              answer.path("reason").asText().equals("unknown-issuer")
                  && answer.path("issuer").asText().equals(code.issuer())
                  && answer.path("kid").asText().equals(code.kid())
                  && answer.at("/claims/hcert").isObject()));
    }
    return outcomes;
  }
}
