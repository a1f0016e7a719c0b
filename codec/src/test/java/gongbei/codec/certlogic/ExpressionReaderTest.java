package gongbei.codec.certlogic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is CertLogic and what is not, and where in an expression it is not. */
final class ExpressionReaderTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "''",
        "0",
        "42",
        "42.0",
        "-9007199254740991",
        "[]",
        "[1,['a',{'var':''}]]",
        "{'var':'x.0.y'}",
        "{'if':[true,1,{'var':'a'}]}",
        "{'and':[1,2,3,4]}",
        "{'<':[1,2]}",
        "{'not-after':[1,2,3]}",
        "{'plusTime':[{'var':'a'},-18,'year']}",
        "{'extractFromUVCI':[{'var':'a'},-1]}",
        "{'dccDateOfBirth':['2000']}",
        "{'reduce':[[],1,0]}"
      })
  void whatTheSpecificationHasIsRead(String logic) throws Exception {
    assertNotNull(ExpressionReader.read("Logic", json(logic)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "null | Logic | is no CertLogic expression",
        "3.14 | Logic | is not an integer",
        "9007199254740992 | Logic | is not from -9007199254740991 to 9007199254740991",
        "-9223372036854775808 | Logic | is not from -9007199254740991 to 9007199254740991",
        "99999999999999999999 | Logic | is not from -9007199254740991 to 9007199254740991",
        "{} | Logic | has 0 operations, not one",
        "{'var':'a','if':[]} | Logic | has 2 operations, not one",
        "{'all':'foo'} | Logic | has an operation whose operands are no array",
        "{'all':[]} | Logic | has an operation that CertLogic has not",
        "{'or':[1,2]} | Logic | has an operation that CertLogic has not",
        "{'var':0} | Logic.var | is not a path in a text",
        "{'var':null} | Logic.var | is not a path in a text",
        "{'var':['x']} | Logic.var | is not a path in a text",
        "{'var':'x.'} | Logic.var | has a fragment of no characters",
        "{'var':'.'} | Logic.var | has a fragment of no characters",
        "{'if':[1,2]} | Logic.if | has 2 operands, not 3",
        "{'if':[1,2,3,4]} | Logic.if | has 4 operands, not 3",
        "{'and':[1]} | Logic.and | has 1 operands, not 2 or more",
        "{'!':[]} | Logic.! | has 0 operands, not 1",
        "{'===':[1,2,3]} | Logic.=== | has 3 operands, not 2",
        "{'+':[1,2,3]} | Logic.+ | has 3 operands, not 2",
        "{'after':[1,2,3,4]} | Logic.after | has 4 operands, not 2 or 3",
        "{'in':['a']} | Logic.in | has 1 operands, not 2",
        "{'and':[1,{'if':[1,[null],2]}]} | Logic.and[1].if[1][0] | is no CertLogic expression",
        "{'plusTime':['2020',{'var':'a'},'day']} | Logic.plusTime[1] | is not an integer",
        "{'plusTime':['2020',1,'week']} | Logic.plusTime[2] | is none of year, month, day and hour",
        "{'plusTime':['2020',1,1]} | Logic.plusTime[2] | is none of year, month, day and hour",
        "{'plusTime':['2020',100000001,'day']} | Logic.plusTime[1] | is not from -100000000 to 100000000",
        "{'extractFromUVCI':['a','0']} | Logic.extractFromUVCI[1] | is not an integer",
        "{'reduce':[[],1]} | Logic.reduce | has 2 operands, not 3",
        "{'dccDateOfBirth':[]} | Logic.dccDateOfBirth | has 0 operands, not 1"
      })
  void whatIsNotCertLogicIsRefusedWhereItIs(String logic, String field, String reason)
      throws Exception {
    final JsonNode json = json(logic);
    final CertLogicException refusal =
        assertThrows(CertLogicException.class, () -> ExpressionReader.read("Logic", json));
    assertEquals(field, refusal.field());
    assertEquals(reason, refusal.reason());
  }

  @Test
  void whatIsTooDeepOrTooLargeIsRefused() throws Exception {
    final int deepest = CertLogicLimits.MAX_DEPTH;
    final String open = "{'!':[".repeat(deepest - 1);
    final String close = "]}".repeat(deepest - 1);
    assertNotNull(ExpressionReader.read("Logic", json(open + "true" + close)));
    assertThrows(
        CertLogicException.class,
        () -> ExpressionReader.read("Logic", json("{'!':[" + open + "true" + close + "]}")));
    final String most = "1,".repeat(CertLogicLimits.MAX_EXPRESSIONS - 2) + "1";
    assertNotNull(ExpressionReader.read("Logic", json("[" + most + "]")));
    assertThrows(
        CertLogicException.class, () -> ExpressionReader.read("Logic", json("[" + most + ",1]")));
    final String longest = "a".repeat(CertLogicLimits.MAX_TEXT_BYTES);
    assertNotNull(ExpressionReader.read("Logic", json("'" + longest + "'")));
    assertThrows(
        CertLogicException.class, () -> ExpressionReader.read("Logic", json("'" + longest + "a'")));
    assertThrows(
        CertLogicException.class,
        () -> ExpressionReader.read("Logic", json("{'var':'" + longest + "a'}")));
  }
}
