package gongbei.verifier.http.guard;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.client.Audience;
import gongbei.verifier.client.AuthorityClient;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.client.SignatureBase;
import gongbei.verifier.http.transport.Problem;
import gongbei.verifier.http.transport.Request;
import gongbei.verifier.http.transport.Response;
import gongbei.verifier.http.transport.SignatureNonce;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.junit.jupiter.api.Test;

/** What the JDK signs over bases written out by hand from RFC 9421 §2.5. */
final class RequestSignatureTest {
  private static final long NOW = 1_800_000_000;
  private static final String PATH = "/v1/subjects/status";
  private static final byte[] BODY = "{\"statuses\":[]}".getBytes(StandardCharsets.US_ASCII);
  private static final String COMPONENTS = "(\"@method\" \"@path\" \"content-digest\")";
  private static final String NONCE = ";nonce=\"0123456789abcdefABCDEF_-\"";
  private static final String TAG = ";tag=\"gongbei:MO:main\"";

  private final SigningKey key = authority(NOW - 1_000, NOW + 1_000);
  private final String kid = key.issuerKey().kidHex();
  private final SigningKey other = authority(NOW - 1_000, NOW + 1_000);
  private long now = NOW;
  private final RequestSignature signature =
      new RequestSignature(
          Optional.of(TrustStore.of(new TrustList(List.of(key.issuerKey(), other.issuerKey())))),
          "changes of status",
          new Audience(Region.MACAU, "main"),
          () -> now);

  private static SigningKey authority(long from, long until) {
    return new KeyGeneration()
        .generateAuthority("A", Instant.ofEpochSecond(from), Instant.ofEpochSecond(until));
  }

  private String good() {
    return COMPONENTS + ";created=" + now + ";keyid=\"" + kid + "\"" + TAG + NONCE;
  }

  private static String digest() {
    try {
      return "sha-256=:"
          + Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(BODY))
          + ":";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String base(String parameters) {
    return "\"@method\": PUT\n\"@path\": "
        + PATH
        + "\n\"content-digest\": "
        + digest()
        + "\n\"@signature-params\": "
        + parameters;
  }

  private static String sign(SigningKey by, String base) {
    try {
      final AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
      curve.init(new ECGenParameterSpec("secp256r1"));
      final BigInteger secret = ((ECPrivateKeyParameters) by.privateKey()).getD();
      final PrivateKey jdkKey =
          KeyFactory.getInstance("EC")
              .generatePrivate(
                  new ECPrivateKeySpec(secret, curve.getParameterSpec(ECParameterSpec.class)));
      final Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
      signer.initSign(jdkKey);
      signer.update(base.getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Request question(String input, String signature) {
    return question("PUT", PATH, BODY, digest(), input, signature);
  }

  private static Request question(
      String method, String path, byte[] body, String digest, String input, String signature) {
    final HttpHeaders headers = new DefaultHttpHeaders();
    headers.set("Content-Digest", digest);
    headers.set("Signature-Input", input);
    headers.set("Signature", signature);
    return new Request(method, path, headers, body, null, Runnable::run);
  }

  private Request signed(String parameters) {
    return question("sig1=" + parameters, "sig1=:" + sign(key, base(parameters)) + ":");
  }

  private void assertRefused(int status, String type, Request question) {
    final Problem problem = assertThrows(Problem.class, () -> signature.require(question));
    assertEquals(type, problem.type(), problem.getMessage());
    assertEquals(status, problem.status());
    assertEquals(
        status == 401, problem.headers().containsKey("WWW-Authenticate"), "RFC 9110 §11.6.1");
    assertEquals(status == 401, problem.headers().containsKey("Accept-Signature"));
  }

  @Test
  void theDigestIsThatOfRfc9530() {
    // RFC 9530 appendix B.1 and D: the SHA-256 of {"hello": "world"} and a line feed.
    assertEquals(
        "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:",
        SignatureBase.contentDigest(
            "{\"hello\": \"world\"}\n".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void whatTheJdkSignsIsAccepted() {
    signature.require(signed(good()));
  }

  @Test
  void componentsParametersAndLabelsMayStandInAnyOrderAndName() {
    final String parameters =
        "(\"content-digest\" \"@path\" \"@method\");alg=\"ecdsa-p256-sha256\""
            + NONCE
            + ";keyid=\""
            + kid
            + "\""
            + TAG
            + ";expires="
            + (NOW + 5)
            + ";created="
            + (NOW - 5);
    final String base =
        "\"content-digest\": "
            + digest()
            + "\n\"@path\": "
            + PATH
            + "\n\"@method\": PUT\n\"@signature-params\": "
            + parameters;
    signature.require(question("my-sig=" + parameters, "my-sig=:" + sign(key, base) + ":"));
  }

  @Test
  void aDigestAmongOthersIsFound() {
    final String digests = "sha-512=:AAAA:, " + digest();
    final String base = base(good()).replace(digest(), digests);
    signature.require(
        question("PUT", PATH, BODY, digests, "sig1=" + good(), "sig1=:" + sign(key, base) + ":"));
  }

  @Test
  void whatIsNotSignedIsToldWhatToSign() {
    final Request bare =
        new Request("PUT", PATH, new DefaultHttpHeaders(), BODY, null, Runnable::run);
    assertRefused(401, "signature-missing", bare);
    final Request half =
        new Request(
            "PUT",
            PATH,
            new DefaultHttpHeaders().set("Content-Digest", digest()),
            BODY,
            null,
            Runnable::run);
    assertRefused(401, "signature-missing", half);
  }

  @Test
  void aSignatureOverLessOrMoreIsRefused() {
    for (final String components :
        new String[] {
          "()",
          "(\"@method\" \"@path\")",
          "(\"@method\" \"@method\" \"content-digest\")",
          "(\"@method\" \"@path\" \"content-digest\" \"@path\")",
          "(\"@method\" \"@path\" \"content-digest\" \"@authority\")",
          "(\"@method\" \"@path\" \"content-digest\";sf)"
        }) {
      assertRefused(401, "malformed-signature", signed(good().replace(COMPONENTS, components)));
    }
  }

  @Test
  void aParameterThatIsMissingOrOddIsRefused() {
    for (final String[] change :
        new String[][] {
          {";created=" + NOW, ""},
          {";created=" + NOW, ";created=\"" + NOW + "\";created=" + NOW},
          {";created=" + NOW, ";created=99999999999999999999"},
          {";keyid=\"" + kid + "\"", ""},
          {kid, kid + "0"},
          {kid, "zzzzzzzzzzzzzzzz"},
          {NONCE, ""},
          {TAG, ""},
          {TAG, TAG + TAG},
          {NONCE, ";nonce=\"short\""},
          {NONCE, NONCE + ";alg=\"hmac-sha256\""},
          {NONCE, NONCE + ";"},
        }) {
      assertRefused(401, "malformed-signature", signed(good().replace(change[0], change[1])));
    }
  }

  @Test
  void aSignatureFieldThatIsNoSignatureIsRefused() {
    for (final String field :
        new String[] {
          "", "sig1=", "sig1=::", "sig1=:!:", "sig1=:AAAA:", "sig2=:" + "A".repeat(86) + "==:"
        }) {
      assertRefused(401, "malformed-signature", question("sig1=" + good(), field));
    }
  }

  @Test
  void aSignatureOfAnotherRequestIsRefused() {
    final String real = "sig1=:" + sign(key, base(good())) + ":";
    final String input = "sig1=" + good();
    assertRefused(401, "bad-signature", question("POST", PATH, BODY, digest(), input, real));
    assertRefused(401, "bad-signature", question("PUT", PATH + "x", BODY, digest(), input, real));
    assertRefused(
        401, "digest-mismatch", question("PUT", PATH, new byte[1], digest(), input, real));
    assertRefused(
        401, "bad-signature", question("sig1=" + good().replace("ABCDEF", "ABCDEE"), real));
    assertRefused(
        401,
        "bad-signature",
        question(
            "sig1=" + good(), "sig1=:" + Base64.getEncoder().encodeToString(new byte[64]) + ":"));
    signature.require(question("PUT", PATH, BODY, digest(), input, real));
  }

  @Test
  void aSignatureIsForOneClusterOfOneRegion() {
    for (final String other :
        new String[] {"gongbei:GD:main", "gongbei:MO:drill", "gongbei:mo:main", "load", " "}) {
      assertRefused(401, "other-cluster", signed(good().replace("gongbei:MO:main", other)));
    }
    final Problem problem =
        assertThrows(
            Problem.class,
            () -> signature.require(signed(good().replace("gongbei:MO:main", "load"))));
    assertTrue(problem.headers().get("Accept-Signature").endsWith(TAG), "what to sign for is told");
  }

  /** What a clock is ahead is no time besides: the whole is 300 s. */
  @Test
  void aSignatureHoldsForTheWindowAndNoLonger() {
    int held = 0;
    for (int from = -400; from <= 400; from++) {
      now = NOW + from;
      final Request question = signed(good().replace("created=" + now, "created=" + NOW));
      if (from < -60 || from > 240) {
        assertRefused(401, "signature-expired", question);
      } else {
        signature.require(question);
        held++;
      }
    }
    assertEquals(300, held - 1, "seconds from the first to the last");
    now = NOW;
    assertRefused(401, "signature-expired", signed(good() + ";expires=" + (NOW - 1)));
  }

  @Test
  void aStrangersOrAnOutdatedKeyIsForbidden() {
    final SigningKey stranger = authority(NOW - 1_000, NOW + 1_000);
    final String parameters = good().replace(kid, stranger.issuerKey().kidHex());
    assertRefused(
        403,
        "unknown-authority",
        question("sig1=" + parameters, "sig1=:" + sign(stranger, base(parameters)) + ":"));
    assertRefused(
        401,
        "bad-signature",
        question("sig1=" + good(), "sig1=:" + sign(stranger, base(good())) + ":"));
    now = NOW + 1_001;
    assertRefused(403, "unknown-authority", signed(good()));
    assertRefused(
        403,
        "no-authorities",
        signed(good()),
        new RequestSignature(Optional.empty(), "changes of status", Audience.DEFAULT, () -> now));
  }

  /** A second signature's input beside the first of {@link #good}, under the label sig1. */
  private String second(SigningKey by) {
    return "(\"@method\" \"@path\" \"content-digest\" \"signature-input\";key=\"sig1\");created="
        + now
        + ";keyid=\""
        + by.issuerKey().kidHex()
        + "\""
        + TAG
        + ";nonce=\"second-0123456789\"";
  }

  private static String secondBase(String firstInput, String parameters) {
    return base("")
        .replace(
            "\"@signature-params\": ",
            "\"signature-input\";key=\"sig1\": "
                + firstInput
                + "\n\"@signature-params\": "
                + parameters);
  }

  private Request seconded(String firstInput, SigningKey by, String secondInput) {
    return question(
        "sig1=" + firstInput + ", sig2=" + secondInput,
        "sig1=:"
            + sign(key, base(firstInput))
            + ":, sig2=:"
            + sign(by, secondBase(firstInput, secondInput))
            + ":");
  }

  @Test
  void aSecondAuthoritySignsTheRequestAndTheFirstOnesInput() {
    final SignatureNonce alone = signature.require(signed(good()));
    assertEquals(Optional.empty(), alone.secondKid());
    final SignatureNonce both = signature.require(seconded(good(), other, second(other)));
    assertEquals(kid, both.kid());
    assertEquals("0123456789abcdefABCDEF_-", both.nonce(), "the first one's");
    assertEquals(Optional.of(other.issuerKey().kidHex()), both.secondKid());
  }

  @Test
  void theFirstSignatureIsTheOneThatTheOtherCoversWhereverItStands() {
    final String first = good();
    final String input = second(other);
    final SignatureNonce both =
        signature.require(
            question(
                "sig2=" + input + ",sig1=" + first,
                "sig1=:"
                    + sign(key, base(first))
                    + ":,\tsig2=:"
                    + sign(other, secondBase(first, input))
                    + ":"));
    assertEquals(kid, both.kid());
    assertEquals(Optional.of(other.issuerKey().kidHex()), both.secondKid());
  }

  @Test
  void aSecondSignatureByTheSameKeyIsRefused() {
    final Problem problem =
        assertThrows(Problem.class, () -> signature.require(seconded(good(), key, second(key))));
    assertEquals("same-authority", problem.type());
    assertEquals(403, problem.status());
  }

  @Test
  void aSecondSignatureByAStrangerIsRefused() {
    final SigningKey stranger = authority(NOW - 1_000, NOW + 1_000);
    final Problem problem =
        assertThrows(
            Problem.class, () -> signature.require(seconded(good(), stranger, second(stranger))));
    assertEquals("unknown-authority", problem.type());
  }

  /** Whoever has seen both could make the same change again with the second one's leave of then. */
  @Test
  void aSecondSignatureOfAnotherRequestIsRefused() {
    final String input = second(other);
    final String ofThen = sign(other, secondBase(good(), input));
    for (final String again :
        new String[] {
          good().replace("ABCDEF", "ABCDEE"),
          good().replace(";created=" + now, ";created=" + (now - 1))
        }) {
      assertRefused(
          401,
          "bad-signature",
          question(
              "sig1=" + again + ", sig2=" + input,
              "sig1=:" + sign(key, base(again)) + ":, sig2=:" + ofThen + ":"));
    }
    final byte[] body = "{\"statuses\":[1]}".getBytes(StandardCharsets.US_ASCII);
    final String digest = SignatureBase.contentDigest(body);
    assertRefused(
        401,
        "bad-signature",
        question(
            "PUT",
            PATH,
            body,
            digest,
            "sig1=" + good() + ", sig2=" + input,
            "sig1=:"
                + sign(key, base(good()).replace(digest(), digest))
                + ":, sig2=:"
                + ofThen
                + ":"));
  }

  @Test
  void aSecondSignatureThatCoversLessIsRefused() {
    for (final String components :
        new String[] {
          COMPONENTS,
          "(\"signature-input\";key=\"sig1\")",
          "(\"@method\" \"@path\" \"content-digest\" \"signature-input\")",
          "(\"@method\" \"@path\" \"content-digest\" \"signature-input\";key=\"sig2\")",
          "(\"@method\" \"@path\" \"content-digest\" \"signature\";key=\"sig1\")",
        }) {
      final String input =
          components + second(other).substring(second(other).indexOf(");created") + 1);
      assertRefused(401, "malformed-signature", seconded(good(), other, input));
    }
  }

  @Test
  void aSecondSignatureIsHeldToWhatTheFirstIs() {
    for (final String[] change :
        new String[][] {
          {";created=" + NOW, ";created=" + (NOW - 241), "signature-expired"},
          {"gongbei:MO:main", "gongbei:GD:main", "other-cluster"},
          {";nonce=\"second-0123456789\"", "", "malformed-signature"},
        }) {
      assertRefused(
          401, change[2], seconded(good(), other, second(other).replace(change[0], change[1])));
    }
    assertRefused(401, "bad-signature", seconded(good(), key, second(other)));
  }

  @Test
  void thirdRepeatedAndUnmatchedSignaturesAreRefused() {
    final String one = "sig1=:" + sign(key, base(good())) + ":";
    final String two = one.replace("sig1", "sig2");
    for (final String[] fields :
        new String[][] {
          {"sig1=" + good() + ", sig1=" + good(), one + ", " + one},
          {"sig1=" + good(), one + ", " + two},
          {"sig1=" + good() + ", sig2=" + second(other), one},
          {"sig1=" + good() + ", sig2=" + second(other) + ", sig3=" + good(), one + ", " + two},
          {"sig1=" + good() + ",", one},
          {"sig1=" + good() + " sig2=" + second(other), one + ", " + two},
          {"sig1=" + good() + ", sig2=" + good(), one + ", " + two},
        }) {
      assertRefused(401, "malformed-signature", question(fields[0], fields[1]));
    }
  }

  /** The client's own way of signing, against the same checks. */
  @Test
  void whatTheClientSignsTwiceIsAccepted() {
    final SigningKey now = authority(0, 4_000_000_000L);
    final SigningKey later = authority(0, 4_000_000_000L);
    final HttpRequest sent =
        new AuthorityClient(
                URI.create("http://127.0.0.1:1"),
                now,
                NodeConnection.PLAIN.signingFor(new Audience(Region.MACAU, "main")))
            .seconded(later)
            .request(PATH, new String(BODY, StandardCharsets.US_ASCII));
    final HttpHeaders headers = new DefaultHttpHeaders();
    sent.headers().map().forEach(headers::set);
    final SignatureNonce nonce =
        new RequestSignature(
                Optional.of(
                    TrustStore.of(new TrustList(List.of(now.issuerKey(), later.issuerKey())))),
                "changes of status",
                new Audience(Region.MACAU, "main"),
                () -> Instant.now().getEpochSecond())
            .require(new Request("PUT", PATH, headers, BODY, null, Runnable::run));
    assertEquals(now.issuerKey().kidHex(), nonce.kid());
    assertEquals(Optional.of(later.issuerKey().kidHex()), nonce.secondKid());
  }

  private static void assertRefused(
      int status, String type, Request question, RequestSignature by) {
    final Problem problem = assertThrows(Problem.class, () -> by.require(question));
    assertEquals(status, problem.status());
    assertEquals(type, problem.type());
  }

  private Response answered(Request question, Supplier<Response> answer) {
    return signature
        .once(
            signature.require(question), () -> CompletableFuture.supplyAsync(answer, Runnable::run))
        .join();
  }

  private void assertAnswered(Request question) {
    assertEquals(200, answered(question, () -> Response.of("x/y", new byte[0])).status());
  }

  private void assertReplayed(Request question) {
    final Problem problem = assertThrows(Problem.class, () -> assertAnswered(question));
    assertEquals("replayed-request", problem.type());
    assertEquals(409, problem.status());
  }

  @Test
  void aSignatureIsAnsweredOnceHoweverLateItComesAgain() {
    final Request once = signed(good().replace("created=" + NOW, "created=" + (NOW + 60)));
    assertAnswered(once);
    assertReplayed(once);
    for (now = NOW; now <= NOW + 300; now += 60) {
      assertAnswered(
          signed(good().replace("0123", String.format(Locale.ROOT, "%04d", now % 10_000))));
      assertReplayed(once);
    }
    now = NOW + 301;
    assertRefused(401, "signature-expired", once);
  }

  @Test
  void whatTheNodeCouldNotAnswerMayBeAskedAgainAsItIs() {
    final Request busy = signed(good());
    for (final RuntimeException failure :
        List.of(Problem.busy("x"), new IllegalStateException("x"))) {
      assertThrows(
          CompletionException.class,
          () ->
              answered(
                  busy,
                  () -> {
                    throw failure;
                  }));
    }
    assertThrows(
        Problem.class,
        () ->
            signature.once(
                signature.require(busy),
                () -> {
                  throw Problem.busy("x");
                }));
    assertAnswered(busy);
    assertReplayed(busy);
    final Request wrong = signed(good().replace("0123", "wxyz"));
    assertThrows(
        CompletionException.class,
        () ->
            answered(
                wrong,
                () -> {
                  throw Problem.of(404, "x", "x");
                }));
    assertReplayed(wrong);
  }

  @Test
  void aRefusedRequestUsesUpNoNonce() {
    final Request real = signed(good());
    assertRefused(
        401, "bad-signature", question("sig1=" + good(), "sig1=:" + sign(key, "x") + ":"));
    assertDoesNotThrow(() -> signature.require(real));
    assertTrue(real.body().length > 0);
  }
}
