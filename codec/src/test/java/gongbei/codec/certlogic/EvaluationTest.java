package gongbei.codec.certlogic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.certlogic.Evaluation.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What expressions evaluate to, where the specification's own test suite does not say. */
final class EvaluationTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String value(String logic, String data) throws Exception {
    return TestSuite.evaluate(
            JSON.readTree(logic.replace('\'', '"')), JSON.readTree(data.replace('\'', '"')))
        .toString()
        .replace('"', '\'');
  }

  private static Evaluation evaluation(String logic, String data)
      throws IOException, CertLogicException {
    final Program.Compiler compiler = new Program.Compiler();
    compiler.input();
    compiler.add(ExpressionReader.read("Logic", JSON.readTree(logic.replace('\'', '"'))), Map.of());
    return new Evaluation(compiler.compile())
        .begin()
        .item(0, JsonValues.toCbor(JSON.readTree(data.replace('\'', '"'))), 0);
  }

  /** The table of the specification, then ECMA-262's setUTCMonth and setUTCFullYear. */
  @ParameterizedTest
  @CsvSource({
    "2020-02-29, 1, day, 2020-03-01T00:00:00.000Z",
    "2020-02-29, 1, month, 2020-03-29T00:00:00.000Z",
    "2020-02-29, 1, year, 2021-03-01T00:00:00.000Z",
    "2020-02-29, 4, year, 2024-02-29T00:00:00.000Z",
    "2004-02-29, -18, year, 1986-03-01T00:00:00.000Z",
    "2021-01-31, 1, month, 2021-03-03T00:00:00.000Z",
    "2021-03-31, -1, month, 2021-03-03T00:00:00.000Z",
    "2021-12-01, 1, month, 2022-01-01T00:00:00.000Z",
    "2021-12-01, -12, month, 2020-12-01T00:00:00.000Z",
    "2021-06-23, -180, day, 2020-12-25T00:00:00.000Z",
    "1969-12-31T23:59:59Z, 1, hour, 1970-01-01T00:59:59.000Z",
    "1900-03-01, -1, day, 1900-02-28T00:00:00.000Z",
    "2000-03-01, -1, day, 2000-02-29T00:00:00.000Z",
    "2004, 0, hour, 2004-12-31T00:00:00.000Z",
    "2004-02, 0, hour, 2004-02-29T00:00:00.000Z",
    "2003-02, 0, hour, 2003-02-28T00:00:00.000Z",
    "2004-12, 0, day, 2004-12-31T00:00:00.000Z",
    "2021-05-04T13:37:42, 0, day, 2021-05-04T13:37:42.000Z",
    "2021-08-20T12:03:12+2, 0, day, 2021-08-20T10:03:12.000Z",
    "2021-08-20T12:03:12+02, 0, day, 2021-08-20T10:03:12.000Z",
    "2021-08-20T12:03:12-130, 0, day, 2021-08-20T13:33:12.000Z",
    "2021-08-20T12:03:12+0230, 0, day, 2021-08-20T09:33:12.000Z",
    "2021-08-20T12:03:12+2:30, 0, day, 2021-08-20T09:33:12.000Z",
    "2021-08-20T12:03:12+02:30, 0, day, 2021-08-20T09:33:12.000Z",
    "2021-08-01T00:00:00.1Z, 0, day, 2021-08-01T00:00:00.100Z",
    "2021-08-01T00:00:00.0129+01, 0, day, 2021-07-31T23:00:00.012Z"
  })
  void dateTimesAreMovedAsEcmaScriptMovesThem(String date, int amount, String unit, String expected)
      throws Exception {
    assertEquals(
        "'" + expected + "'",
        value("{'plusTime':[{'var':''}," + amount + ",'" + unit + "']}", "'" + date + "'"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "''",
        "'202'",
        "'2021-13'",
        "'2021-00'",
        "'2021-02-29'",
        "'2021-1-01'",
        "'2021-01-01 00:00:00'",
        "'2021-01-01T00:00'",
        "'2021-01-01T24:00:00'",
        "'2021-01-01T00:60:00'",
        "'2021-01-01T00:00:60'",
        "'2021-01-01T00:00:00z'",
        "'2021-01-01T00:00:00.Z'",
        "'2021-01-01T00:00:00+'",
        "'2021-01-01T00:00:00+24'",
        "'2021-01-01T00:00:00+01:60'",
        "'2021-01-01T00:00:00+01:'",
        "'2021-01-01T00:00:00+001:00'",
        "'2021-01-01T00:00:00+00000'",
        "'2021-01-01T00:00:00Zulu'",
        "'٢٠٢١-01-01'",
        "5",
        "null",
        "{}"
      })
  void whatIsNoDateTimeFails(String date) throws Exception {
    final Evaluation evaluation = evaluation("{'plusTime':[{'var':''},0,'day']}", date);
    assertEquals(Outcome.FAILED, evaluation.evaluate(0));
    assertNotNull(evaluation.fault());
  }

  @Test
  void dateTimesThatEcmaScriptHasNotFail() throws Exception {
    final String moved = "{'plusTime':[{'var':''},100000000,'%s']}";
    assertEquals(
        "'+275760-09-13T00:00:00.000Z'", value(moved.replace("%s", "day"), "'1970-01-01'"));
    assertEquals(
        Outcome.FAILED, evaluation(moved.replace("%s", "day"), "'1970-01-02'").evaluate(0));
    assertEquals(Outcome.FAILED, evaluation(moved.replace("%s", "year"), "'1970'").evaluate(0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // A fold within a fold: each has a current item and an accumulator of its own.
        "{'reduce':[{'var':'a'},{'+':[{'var':'current'},{'reduce':[{'var':'data.b'},{'+':[{'var':'current'},{'var':'accumulator'}]},{'var':'accumulator'}]}]},0]} | {'a':[1,2],'b':[10,20]} | 63",
        "{'+':[{'reduce':[{'var':'a'},{'+':[{'var':'current'},{'var':'accumulator'}]},0]},{'reduce':[{'var':'b'},{'+':[{'var':'current'},{'var':'accumulator'}]},0]}]} | {'a':[1,2],'b':[10,20]} | 33",
        "{'reduce':[{'var':'a'},{'+':[{'var':'current.0'},{'reduce':[{'var':'current'},{'+':[{'var':'current'},{'var':'accumulator'}]},{'var':'accumulator'}]}]},0]} | {'a':[[1,2],[3]]} | 10",
        // Arrays that a fold makes stay what they were when the next item comes.
        "{'reduce':[{'var':'a'},[{'var':'current'},{'var':'accumulator'}],0]} | {'a':[1,2,3]} | [3,[2,[1,0]]]",
        "{'reduce':[[1,2],[{'var':'data.x'},{'var':'accumulator.1'},{'var':'current'}],[]]} | {'x':'y'} | ['y',null,2]",
        "{'reduce':[{'var':'x'},{'var':''},0]} | {'x':[]} | 0",
        "{'if':[{'reduce':[[1],{'var':'nothing'},0]},1,2]} | {} | 2",
        "{'in':[{'var':'x'},[1,true,'a']]} | {'x':true} | true",
        "{'in':[{'var':'x'},[1,true,'a']]} | {'x':'1'} | false",
        "{'===':[{'plusTime':['2020-01-01T01:00:00+01:00',0,'day']},{'plusTime':['2020-01-01',0,'day']}]} | {} | true",
        "{'===':[1,true]} | {} | false",
        "{'===':[{'var':'y'},{'var':'x'}]} | {'x':null} | true",
        "{'var':'0'} | {'0':'a'} | 'a'",
        "{'var':'01'} | ['a','b'] | 'b'",
        "{'var':'length'} | ['a'] | null",
        "{'var':'0'} | 'text' | null",
        "{'var':'-1'} | ['a'] | null",
        "{'extractFromUVCI':[{'var':''},0]} | 'urn:uvci:01' | 'urn'",
        "{'extractFromUVCI':[{'var':''},1]} | 'URN:UVCI:01:é' | 'é'"
      })
  void valuesAreThoseOfTheSpecification(String logic, String data, String expected)
      throws Exception {
    assertEquals(expected, value(logic, data));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'if':[{'var':''},1,2]} | 1.5 | the guard of an if is neither truthy nor falsy",
        "{'!':[{'plusTime':['2020',0,'day']}]} | 0 | the operand of a ! is neither truthy nor falsy",
        "{'and':[true,{'var':''}]} | 1.5 | an operand of an and is neither truthy nor falsy",
        "{'in':[1,{'var':''}]} | 'text' | the second operand of an in is no array",
        "{'in':[1,{'var':''}]} | null | the second operand of an in is no array",
        "{'===':[{'var':''},{'var':''}]} | [1] | the operands of a === are arrays or objects",
        "{'in':[{'var':''},[[1]]]} | [1] | an in compares arrays or objects",
        "{'in':[{'var':''},{'var':''}]} | [[1]] | an in compares arrays or objects",
        "{'+':[1,{'var':''}]} | '1' | an operand of a + is no integer",
        "{'+':[9007199254740991,{'var':''}]} | 1 | the sum of a + is too great",
        "{'<':[1,{'var':''}]} | null | an operand of a comparison is no integer",
        "{'<':[1,{'var':''}]} | 1.5 | an operand of a comparison is no integer",
        "{'before':[{'var':''},{'var':''}]} | '2020' | an operand of a comparison of date-times is none",
        "{'reduce':[{'var':''},1,0]} | 'text' | the operand of a reduce is no array",
        "{'extractFromUVCI':[{'var':''},0]} | 1 | the operand of an extractFromUVCI is no text",
        "{'dccDateOfBirth':[{'var':''}]} | '2020-01-01T00:00:00Z' | the operand of a dccDateOfBirth is no date of birth",
        "[1,{'+':[1,{'var':''}]}] | true | an operand of a + is no integer"
      })
  void whatTheSpecificationCallsAnErrorFails(String logic, String data, String fault)
      throws Exception {
    final Evaluation evaluation = evaluation(logic, data);
    assertEquals(Outcome.FAILED, evaluation.evaluate(0));
    assertEquals(fault, evaluation.fault());
  }

  @Test
  void whatIsNotReachedDoesNotFail() throws Exception {
    final Evaluation evaluation = evaluation("{'if':[{'var':''},true,{'+':[1,'1']}]}", "'there'");
    assertEquals(Outcome.TRUE, evaluation.evaluate(0));
    assertNull(evaluation.fault());
    assertEquals("false", value("{'and':[false,{'+':[1,'1']}]}", "0"));
  }

  @Test
  void anEvaluationThatTakesTooLongOrMakesTooMuchFails() throws Exception {
    final String hundred = "[" + "1,".repeat(99) + "1]";
    final String each =
        "{'reduce':[{'var':'data.a'},{'+':[{'var':'accumulator'},1]},{'var':'accumulator'}]}";
    final String twice = "{'reduce':[{'var':'a'}," + each + ",0]}";
    assertEquals("10000", value(twice, "{'a':" + hundred + "}"));
    final String deeper =
        "{'reduce':[{'var':'a'},{'reduce':[{'var':'data.a'},"
            + "{'reduce':[{'var':'data.data.a'},{'+':[{'var':'accumulator'},1]},{'var':'accumulator'}]},"
            + "{'var':'accumulator'}]},0]}";
    final Evaluation tooLong = evaluation(deeper, "{'a':" + hundred + "}");
    assertEquals(Outcome.FAILED, tooLong.evaluate(0));
    assertEquals("the evaluation takes too many operations", tooLong.fault());
    final String makes = "{'reduce':[{'var':'a'},[" + "1,".repeat(49) + "{'var':'current'}],0]}";
    final Evaluation tooMuch = evaluation(makes, "{'a':" + hundred + "}");
    assertEquals(Outcome.FAILED, tooMuch.evaluate(0));
    assertEquals("the evaluation makes too many items", tooMuch.fault());
    tooMuch.begin().item(0, JsonValues.toCbor(JSON.readTree("{\"a\":[1]}")), 0);
    assertEquals(Outcome.TRUTHY, tooMuch.evaluate(0), "and the next context has room again");
  }

  /** RFC 8949: tags, indefinite lengths, chunks, integers as bignums, undefined. */
  @ParameterizedTest
  @CsvSource({
    "a16161617a, TRUE, a text",
    "bf61617f617a60ffff, TRUE, chunks in a map without a length",
    "bf7f60616160ff617aff, TRUE, a key in chunks",
    "c1a16161d818617a, TRUE, tags before map and value",
    "a16161f7, FALSE, undefined",
    "a16161417a, FALSE, bytes",
    "a0, FALSE, nothing"
  })
  void everyFormOfCborThatMeansTheSameIsReadAlike(String hex, Outcome expected, String what)
      throws Exception {
    final Program.Compiler compiler = new Program.Compiler();
    final int input = compiler.input("payload");
    compiler.add(
        ExpressionReader.read("Logic", JSON.readTree("{\"===\":[{\"var\":\"payload.a\"},\"z\"]}")),
        Map.of());
    final byte[] cbor = HexFormat.of().parseHex(hex);
    final Evaluation evaluation = new Evaluation(compiler.compile()).begin().item(input, cbor, 0);
    assertEquals(expected, evaluation.evaluate(0), what);
  }

  @Test
  void namesStandForInputsAndConstantsAndWhatIsAroundThemIsAnObject() throws Exception {
    final Program.Compiler compiler = new Program.Compiler();
    final int payload = compiler.input("payload");
    final int clock = compiler.input("external", "validationClock");
    final Map<List<String>, byte[]> sets =
        Map.of(
            List.of("external", "valueSets", "colours"),
            JsonValues.toCbor(JSON.readTree("[\"red\",\"green\"]")));
    final String[] logics = {
      "{'in':[{'var':'payload.c'},{'var':'external.valueSets.colours'}]}",
      "{'===':[{'var':'external.valueSets.colours.1'},'green']}",
      "{'var':'external.valueSets'}",
      "{'var':''}",
      "{'var':'external.valueSets.shapes'}",
      "{'===':[{'var':'external.validationClock'},'now']}",
      "{'var':'other'}"
    };
    for (final String logic : logics) {
      compiler.add(ExpressionReader.read("Logic", JSON.readTree(logic.replace('\'', '"'))), sets);
    }
    final byte[] now = "now".getBytes(StandardCharsets.US_ASCII);
    final Evaluation evaluation =
        new Evaluation(compiler.compile())
            .begin()
            .item(payload, JsonValues.toCbor(JSON.readTree("{\"c\":\"red\"}")), 0)
            .text(clock, now, 0, now.length);
    final Outcome[] expected = {
      Outcome.TRUE,
      Outcome.TRUE,
      Outcome.TRUTHY,
      Outcome.TRUTHY,
      Outcome.FALSY,
      Outcome.TRUE,
      Outcome.FALSY
    };
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], evaluation.evaluate(i), logics[i]);
    }
    evaluation.begin();
    assertEquals(Outcome.FALSE, evaluation.evaluate(0), "another context has other data");
  }
}
