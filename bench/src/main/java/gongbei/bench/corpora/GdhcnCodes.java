package gongbei.bench.corpora;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the codes of the WHO's gdhcn-validator through {@code verify}: hcert, ICAO's seal, SMART
 * Health Cards. The corpus has keys for none but the seal, which carries its certificate: each has
 * to be decoded to what the corpus says is in it, with its issuer and kid, and refused as nobody's
 * who is trusted; the seal passes by its own certificate, and not where a letter is changed.
 */
final class GdhcnCodes {
  /**
   * A code of the corpus.
   *
   * @param place where in {@code claims} its content is
   * @param unpacked the file with what is inside, or empty where the corpus has none
   * @param within where in that file the content is
   */
  private record Code(
      String file,
      String format,
      String issuer,
      String kid,
      String place,
      String unpacked,
      String within) {}

  /** Issuers and kids as other readers of CBOR and JSON find them in the files. */
  private static final List<Code> CODES =
      List.of(
          hcert("EUColombiaContents.txt", "CO", "c8bb11b4068bb4c8", "", ""),
          hcert("EUItalyAcceptanceQRContents.txt", "IT", "39301768cdda0513", "", ""),
          hcert("EUQR1Contents.txt", "DE", "c9609176987c5c9b", "", ""),
          hcert(
              "DVCTestQR.txt",
              "XL",
              "514b897309a3a093",
              "DVCTestQRUnpacked.json",
              "/contents/-260/-6"),
          hcert(
              "DVCTest2QR.txt",
              "XCL",
              "514b897309a3a093",
              "DVCTest2QRUnpacked.json",
              "/contents/-260/-6"),
          new Code(
              "ICAOAUQR1Contents.txt",
              "VDS",
              "AUS",
              "e7623a31f6188d37",
              "/claims/data",
              "ICAOAUQR1Unpacked.json",
              "/data"),
          card(
              "SHCQR1Contents.txt",
              "https://spec.smarthealth.cards/examples/issuer",
              "dca7dd83e5f03feee05f2cb0b547d4003c01ba60ce3ca310c7e8842cbd755bdb"),
          card(
              "SHCTestResultsContents.txt",
              "https://healthcard.walgreens.com",
              "1d4fe842da5a5122a0ac3ed0cde43d4f1103f41b4f44519c0fc32a23aa20ffc0"));

  private static final String SEAL = "ICAOAUQR1Contents.txt";
  private static final String CERTIFICATES = "ICAOHealthMLSigner1.pem.crt";

  private final Path folder;
  private final Path scratch;

  GdhcnCodes(Path corpora, Path scratch) {
    folder = corpora.resolve("gdhcn");
    this.scratch = scratch;
  }

  private static Code hcert(String file, String issuer, String kid, String inside, String within) {
    return new Code(file, "HC1", issuer, kid, "/claims/hcert", inside, within);
  }

  private static Code card(String file, String issuer, String kid) {
    return new Code(file, "SHC", issuer, kid, "/claims/vc", "", "");
  }

  List<Outcome> run() throws IOException {
    final List<Outcome> outcomes = new ArrayList<>();
    for (final Code code : CODES) {
      outcomes.add(run(code));
    }
    final ObjectNode seal = (ObjectNode) JsonFiles.JSON.readTree(folder.resolve(SEAL).toFile());
    outcomes.add(byItsOwnCertificate(SEAL + " by its own certificate", seal.toString(), "ok"));
    final String changed = seal.toString().replace("CITIZEN  JANE", "CITIZEN  JUNE");
    outcomes.add(byItsOwnCertificate(SEAL + " with a letter changed", changed, "bad-signature"));
    outcomes.add(certificates());
    return outcomes;
  }

  private Outcome run(Code code) throws IOException {
    final String text = Files.readString(folder.resolve(code.file())).strip();
    final JsonNode answer = first(CommandRun.of("verify", "--json", text));
    final JsonNode content = answer.at(code.place());
    final boolean isWhole =
        code.unpacked().isEmpty()
            ? content.isObject()
            : content.equals(
                JsonFiles.JSON
                    .readTree(folder.resolve(code.unpacked()).toFile())
                    .at(code.within()));
    return new Outcome(
        "gdhcn/" + code.file(),
        "refuse unknown-issuer, by " + code.issuer() + ", kid " + code.kid(),
        CommandRun.inWords(answer)
            + ", by "
            + answer.path("issuer").asText()
            + ", kid "
            + answer.path("kid").asText()
            + (isWhole ? "" : ", with another content"),
        answer.path("reason").asText().equals("unknown-issuer")
            && answer.path("format").asText().equals(code.format())
            && answer.path("issuer").asText().equals(code.issuer())
            && answer.path("kid").asText().equals(code.kid())
            && isWhole);
  }

  /** A seal that is trusted for the certificate in it, as at a time within its period. */
  private Outcome byItsOwnCertificate(String name, String seal, String reason) throws IOException {
    final String certificate =
        JsonFiles.JSON.readTree(seal).at("/sig/cer").asText().replace('-', '+').replace('_', '/');
    final Path line =
        Files.writeString(
            scratch.resolve("seal.jsonl"),
            JsonFiles.JSON
                .createObjectNode()
                .put("code", seal)
                .put("certificate", certificate)
                .put("at", Instant.parse("2022-01-01T00:00:00Z").toString())
                .toString());
    final JsonNode answer = first(CommandRun.of("verify", "--jsonl", line.toString()));
    return new Outcome(
        "gdhcn/" + name,
        reason,
        CommandRun.inWords(answer),
        answer.path("reason").asText().equals(reason));
  }

  /** The corpus's certificates are those of a signer and of its authority. */
  private Outcome certificates() {
    final CommandRun imported =
        CommandRun.of(
            "trust",
            "import",
            "--from",
            folder.resolve(CERTIFICATES).toString(),
            "--format",
            "pem",
            "--to",
            scratch.resolve("gdhcn-trust").toString(),
            "--json");
    final JsonNode answer = first(imported);
    return new Outcome(
        "gdhcn/" + CERTIFICATES,
        "one key and one authority",
        imported.inWords(),
        imported.exitCode() == 0
            && answer.path("keys").asInt() == 1
            && answer.path("authorities").asInt() == 1);
  }

  private static JsonNode first(CommandRun run) {
    final List<JsonNode> answers = run.answers();
    return answers.size() == 1 ? answers.get(0) : JsonFiles.JSON.createObjectNode();
  }
}
