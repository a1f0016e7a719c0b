package gongbei.verifier.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.cbor.CborValidator;
import gongbei.codec.certlogic.CertLogicException;
import gongbei.codec.certlogic.Evaluation;
import gongbei.codec.certlogic.Expression;
import gongbei.codec.certlogic.ExpressionReader;
import gongbei.codec.certlogic.JsonValues;
import gongbei.codec.certlogic.Program;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.code.HealthCode;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.trust.SigningKey;
import gongbei.verifier.ForeignCertificates;
import gongbei.verifier.national.NationalDocument;
import gongbei.verifier.national.NationalDocuments;
import gongbei.verifier.national.NationalJudge;
import gongbei.verifier.national.NationalRuleException;
import gongbei.verifier.national.NationalRules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Inputs to the parser of CertLogic, its evaluation, and the documents of national rules. */
final class NationalInputs {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte SEPARATOR = '\n';

  private final CborValidator validator =
      new CborValidator(CodeLimits.MAX_CBOR_DEPTH, CodeLimits.MAX_CBOR_MAP_PAIRS);
  private final NationalJudge judge = new NationalJudge();
  private final HealthCode code = new HealthCode();
  private final long now;

  /**
   * @param issuer of the certificate that rules are applied to
   */
  NationalInputs(SigningKey issuer, long now) {
    this.now = now;
    final byte[] text;
    try {
      text =
          new HcertIssuer(issuer)
              .issue(JSON.readTree(ForeignCertificates.vaccination(2)), now, now + 60)
              .getBytes(StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    require(code.wrap(text, 0, text.length), "the certificate is read");
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what);
    }
  }

  /** An expression as JSON, and behind a line's end the CBOR that it is evaluated over. */
  void expression(byte[] input) {
    int end = 0;
    while (end < input.length && input[end] != SEPARATOR) {
      end++;
    }
    final Expression logic;
    try {
      logic = ExpressionReader.read("Logic", JSON.readTree(input, 0, end));
    } catch (CertLogicException e) {
      require(e.field().startsWith("Logic") && !e.reason().isEmpty(), "a refusal says nothing");
      return;
    } catch (IOException | IllegalArgumentException e) {
      return;
    }
    final byte[] data =
        end == input.length ? new byte[0] : Arrays.copyOfRange(input, end + 1, input.length);
    if (validator.examine(data, 0, data.length, false) != null) {
      return;
    }
    final Program.Compiler compiler = new Program.Compiler();
    final int all = compiler.input();
    final int first = compiler.add(logic, Map.of());
    final int again = compiler.add(new Expression.Array(List.of(logic)), Map.of());
    final Evaluation evaluation = new Evaluation(compiler.compile());
    final Evaluation.Outcome outcome = evaluation.begin().item(all, data, 0).evaluate(first);
    if (outcome != Evaluation.Outcome.FAILED) {
      require(JsonValues.valueOf(evaluation, first) != null, "a value has no JSON");
    }
    require(
        evaluation.begin().item(all, data, 0).evaluate(first) == outcome,
        "the same is evaluated to something else");
    final Evaluation.Outcome within = evaluation.evaluate(again);
    require(
        within == Evaluation.Outcome.FAILED || outcome != Evaluation.Outcome.FAILED,
        "an array holds what has failed");
  }

  static List<byte[]> expressions() {
    return List.of(
        expression("{'if':[{'var':'payload.v.0'},{'===':[{'var':'payload.v.0.mp'},'a']},true]}"),
        expression(
            "{'not-after':[{'plusTime':[{'var':'payload.v.0.dt'},14,'day']},{'plusTime':['2021-12-17T18:00:00.5+01:00',0,'day']},{'plusTime':[{'var':'payload.v.0.dt'},1,'year']}]}"),
        expression(
            "{'reduce':[[{'var':'payload.v'},{'var':'payload.t'}],{'+':[{'var':'accumulator'},{'if':[{'var':'current.0'},1,0]}]},0]}"),
        expression("{'in':[{'extractFromUVCI':[{'var':'payload.v.0.ci'},1]},['AT','DE']]}"),
        expression(
            "{'and':[{'!':[{'var':'payload.v.1'}]},{'dccDateOfBirth':['1970-02']},{'<':[1,{'var':'payload.v.0.dn'},3]}]}"));
  }

  private static byte[] expression(String logic) {
    try {
      final byte[] json = (logic.replace('\'', '"') + '\n').getBytes(StandardCharsets.UTF_8);
      final byte[] data =
          JsonValues.toCbor(
              JSON.readTree(
                  "{\"payload\":{\"v\":[{\"mp\":\"a\",\"dn\":2,\"dt\":\"2021-06-01\",\"ci\":\"URN:UVCI:01:AT:1#2\"}]}}"));
      final byte[] both = Arrays.copyOf(json, json.length + data.length);
      System.arraycopy(data, 0, both, json.length, data.length);
      return both;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A document as it is put: of a country where it holds rules, else of value sets. */
  void document(byte[] input) {
    try {
      final JsonNode json = NationalDocuments.json("fuzz", input);
      final NationalDocument document =
          NationalDocuments.read(json.has("rules") ? "FR" : NationalDocuments.VALUE_SETS, json);
      final NationalRules rules = NationalRules.of(List.of(document));
      final JsonNode written = NationalDocuments.json(document);
      require(
          NationalDocuments.json(NationalDocuments.read(document.name(), written)).equals(written),
          "a document is written as another than it was read");
      final NationalJudge.Finding finding = judge.apply(rules, List.of("FR"), code, "FR", now);
      require(
          (finding == NationalJudge.Finding.BROKEN) == (judge.broken() != null),
          "a rule that is broken has no name");
    } catch (NationalRuleException e) {
      require(!e.path().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
    }
  }

  static List<byte[]> documents() {
    return List.of(
        ("{'revision':1,'rules':[{'Identifier':'VR-FR-0001','Type':'Acceptance','Country':'FR',"
                + "'Version':'1.0.0','SchemaVersion':'1.0.0','Engine':'CERTLOGIC',"
                + "'EngineVersion':'0.7.5','CertificateType':'Vaccination',"
                + "'ValidFrom':'2022-01-01T00:00:00Z','ValidTo':'2099-01-01T00:00:00+01:00',"
                + "'AffectedFields':['v.0'],'Description':[{'lang':'en','desc':'Two.'}],"
                + "'Logic':{'>=':[{'var':'payload.v.0.dn'},2]}}]}")
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8),
        "{'revision':2,'valueSets':{'a':['b'],'c':{'valueSetId':'c','valueSetValues':{'d':{}}}}}"
            .replace('\'', '"')
            .getBytes(StandardCharsets.UTF_8));
  }

  /** A document as it is kept in the log. */
  static void logged(byte[] input) {
    try {
      require(
          NationalDocuments.compile(Map.of("FR", input)) != NationalRules.NONE,
          "a document holds nothing");
    } catch (NationalRuleException e) {
      require(!e.path().isEmpty() && !e.reason().isEmpty(), "a refusal says nothing");
    }
  }

  static List<byte[]> loggedDocuments() {
    return documents().stream()
        .map(
            json -> {
              try {
                return NationalDocuments.deflate(JSON.readTree(json));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            })
        .toList();
  }
}
