package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.testing.Prerequisite;
import gongbei.verifier.EcdsaIssuer;
import gongbei.verifier.TestNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Commands that are given certificates in whatever form people have them. */
final class TrustFormsTest {
  private static final Path CORPUS = Path.of("..", "..", "shared", "corpora", "real-world");

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    final CommandLine line = Gongbei.commandLine();
    return line.setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static Path corpus(String name) {
    return Prerequisite.require(CORPUS.resolve(name));
  }

  private String reasonOf(Path trust, String code, String at) throws IOException {
    run("verify", "--json", "--trust", trust.toString(), "--at", at, code);
    return TestNode.json(out.toString()).get("reason").textValue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bom", "x509label", "trustedlabel", "hidden", "bad-p384"})
  void theCodeOfTheCorpusIsKnownByEachForm(String form) throws Exception {
    final String code = Files.readString(corpus("trust-forms/code.txt")).strip();
    final String reason =
        reasonOf(corpus("trust-forms").resolve(form), code, "2021-06-01T00:00:00Z");
    assertTrue(!reason.equals("unknown-issuer") && !reason.equals("bad-signature"), reason);
    assertEquals("", err.toString());
  }

  @Test
  void anSm2CodeIsKnownByEitherIdentifier() throws Exception {
    final String code = Files.readString(corpus("sm2-oid/code.txt")).strip();
    final Path issuers = Files.createDirectory(directory.resolve("GD1"));
    for (final String name : List.of("plain.cert.pem", "oid.cert.pem", "code.txt")) {
      Files.copy(corpus("sm2-oid").resolve(name), issuers.resolve(name));
    }
    final String reason = reasonOf(directory, code, "2026-11-27T00:00:00Z");
    assertTrue(!reason.equals("unknown-issuer") && !reason.equals("bad-signature"), reason);
    assertTrue(err.toString().contains("warning: not read: "), err.toString());
    assertTrue(err.toString().contains("code.txt has none of the endings"), err.toString());
  }

  @Test
  void whatIsLeftOutIsTold() throws Exception {
    final EcdsaIssuer issuer = new EcdsaIssuer("secp384r1", "DE");
    Files.writeString(directory.resolve("good.cer"), issuer.pem());
    Files.writeString(directory.resolve("bad.cer"), issuer.pem().substring(0, 100));
    final String code = issuer.code(SignatureAlgorithm.ES256);
    assertEquals(0, run("verify", "--trust", directory.toString(), code), out.toString());
    assertTrue(
        err.toString()
            .startsWith(
                "warning: left out of the trust list: "
                    + directory.resolve("bad.cer")
                    + " can't be read: "),
        err.toString());
    assertEquals(1, err.toString().lines().count(), err.toString());
    run("decode", issuer.code(SignatureAlgorithm.ES384));
    assertEquals("ES384", TestNode.json(out.toString()).get("alg").textValue());
  }

  @Test
  void aLinesCertificateMayBeOfAnyCurveAndInPemToo() throws Exception {
    final List<String> lines = new ArrayList<>();
    for (final String curve : List.of("secp256r1", "secp384r1", "secp521r1")) {
      final EcdsaIssuer issuer = new EcdsaIssuer(curve, "DE");
      for (final SignatureAlgorithm algorithm :
          List.of(SignatureAlgorithm.ES256, SignatureAlgorithm.ES384, SignatureAlgorithm.ES512)) {
        final String code = issuer.code(algorithm);
        for (final String certificate :
            List.of(
                Base64.getEncoder().encodeToString(issuer.certificate()),
                issuer.pem(),
                "\uFEFF" + issuer.pem(),
                issuer.pem().replace("\n", " "),
                issuer.pem().replace("CERTIFICATE", "X509 CERTIFICATE"))) {
          lines.add(line(code, certificate));
        }
      }
    }
    final int right = lines.size();
    final EcdsaIssuer issuer = new EcdsaIssuer("secp384r1", "DE");
    final String code = issuer.code(SignatureAlgorithm.ES384);
    lines.add(line(code, new EcdsaIssuer("secp384r1", "DE").pem()));
    lines.add(line(code, issuer.pem() + issuer.pem()));
    lines.add(line(code, issuer.pem().replace("CERTIFICATE", "PUBLIC KEY")));
    final Path file = Files.write(directory.resolve("lines.jsonl"), lines);
    assertEquals(1, run("verify", "--jsonl", file.toString()));
    final List<String> answers = out.toString().lines().toList();
    for (int i = 0; i < right; i++) {
      assertEquals("ok", TestNode.json(answers.get(i)).get("reason").textValue(), answers.get(i));
    }
    for (int i = right; i < lines.size(); i++) {
      final JsonNode answer = TestNode.json(answers.get(i));
      assertEquals("unknown-issuer", answer.get("reason").textValue(), answers.get(i));
    }
    assertTrue(answers.get(right + 1).contains("certificate holds 2 of them, not one"));
    assertTrue(answers.get(right + 2).contains("certificate holds a block PUBLIC KEY"));
  }

  private static String line(String code, String certificate) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("code", code)
        .put("certificate", certificate)
        .toString();
  }
}
