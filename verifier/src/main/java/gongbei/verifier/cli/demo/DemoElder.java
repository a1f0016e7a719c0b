package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.model.DocumentType;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;

/**
 * Somebody without a telephone: their code is printed, and a checkpoint that may do so finds them
 * by their document.
 *
 * @param pdfBytes the bytes of the page
 * @param verdict what the checkpoint was told of the document
 * @param helped what a helper at a venue was told of it
 */
record DemoElder(int pdfBytes, JsonNode verdict, JsonNode helped) implements DemoScene {
  private static final DocumentType TYPE = DocumentType.MAINLAND_ID;
  private static final String NUMBER = "440402194001011234";

  /**
   * Prints a code and looks its holder up, at a hospital and at a venue, over HTTP.
   *
   * @param venue the venue's code
   */
  static DemoElder of(Node node, SigningKey authority, SigningKey checkpoint, String venue)
      throws InterruptedException {
    final URI url = URI.create("http://127.0.0.1:" + node.httpPort());
    final Subject subject =
        Subject.of(node.resources().translation().orElseThrow().secret().subject(TYPE, NUMBER), 0);
    final ObjectNode status =
        JsonNodeFactory.instance
            .objectNode()
            .put("colour", "green")
            .put("result", "negative")
            .put("sampleTime", Instant.ofEpochSecond(CodeInput.nowEpochSeconds()).toString());
    final JsonNode unused =
        NodeHttp.ofAuthority(url, authority)
            .put("/v1/subjects/" + subject.toHex() + "/status", status.put("doses", 3));
    final ObjectNode papers = JsonNodeFactory.instance.objectNode();
    papers.putArray("papers").addObject().put("subject", subject.toHex()).put("label", "Demo");
    final byte[] pdf = NodeHttp.ofAnyone(url).post("/v1/papers", papers, "application/pdf");
    final NodeHttp gate = NodeHttp.ofAuthority(url, checkpoint);
    return new DemoElder(
        pdf.length,
        gate.postSigned("/v1/lookups", document().put("checkpoint", "hospital/zhongshan")),
        gate.postSigned("/v1/lookups", document().put("venue", venue)));
  }

  private static ObjectNode document() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("documentType", TYPE.wireName())
        .put("documentNumber", NUMBER);
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.putObject("paper")
        .put("pdfBytes", pdfBytes)
        .<ObjectNode>set("lookup", verdict)
        .set("helped", helped);
    return line;
  }

  @Override
  public String inWords() {
    return String.format(
        Locale.ROOT,
        "An elder gets a code on paper (a PDF of %,d bytes); by their document the hospital is told"
            + " %s: %s. A helper at a venue scans the document too: %s, %s.",
        pdfBytes,
        verdict.path("verdict").asText(),
        verdict.path("reason").asText(),
        helped.path("verdict").asText(),
        helped.path("reason").asText());
  }
}
