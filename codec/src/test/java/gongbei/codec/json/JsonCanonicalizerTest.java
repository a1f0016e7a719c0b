package gongbei.codec.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The canonical form of JSON, by the examples of RFC 8785. */
final class JsonCanonicalizerTest {
  private static String canonical(String text) {
    final byte[] json = text.getBytes(StandardCharsets.UTF_8);
    assertNull(new JsonValidator(16, 64).examine(json, 0, json.length));
    final byte[] into = new byte[json.length * JsonCanonicalizer.MAX_GROWTH];
    final int length = new JsonCanonicalizer(16, 64).write(json, 0, into);
    return length < 0 ? null : new String(Arrays.copyOf(into, length), StandardCharsets.UTF_8);
  }

  @Test
  void theExampleOfSection322() {
    assertEquals(
        "{\"literals\":[null,true,false],"
            + "\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
            + "\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}",
        canonical(
            "{\n  \"numbers\": [333333333.33333329, 1E30, 4.50,\n"
                + "  2e-3, 0.000000000000000000000000001],\n"
                + "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
                + "  \"literals\": [null, true, false]\n}"));
  }

  @Test
  void namesAreSortedByTheirUnitsAsSection323Has() {
    assertEquals(
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\","
            + "\"\u00f6\":\"Latin Small Letter O With Diaeresis\",\"\u20ac\":\"Euro Sign\","
            + "\"\ud83d\ude00\":\"Emoji: Grinning Face\","
            + "\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
        canonical(
            "{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\","
                + "\"\\ufb33\": \"Hebrew Letter Dalet With Dagesh\", \"1\": \"One\","
                + "\"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
                + "\"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}"));
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000000000, 0",
    "8000000000000000, 0",
    "0000000000000001, 5e-324",
    "8000000000000001, -5e-324",
    "7fefffffffffffff, 1.7976931348623157e+308",
    "ffefffffffffffff, -1.7976931348623157e+308",
    "4340000000000000, 9007199254740992",
    "c340000000000000, -9007199254740992",
    "4430000000000000, 295147905179352830000",
    "44b52d02c7e14af5, 9.999999999999997e+22",
    "44b52d02c7e14af6, 1e+23",
    "44b52d02c7e14af7, 1.0000000000000001e+23",
    "444b1ae4d6e2ef4e, 999999999999999700000",
    "444b1ae4d6e2ef4f, 999999999999999900000",
    "444b1ae4d6e2ef50, 1e+21",
    "3eb0c6f7a0b5ed8c, 9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d, 0.000001",
    "41b3de4355555553, 333333333.3333332",
    "41b3de4355555554, 333333333.33333325",
    "41b3de4355555555, 333333333.3333333",
    "41b3de4355555556, 333333333.3333334",
    "41b3de4355555557, 333333333.33333343",
    "becbf647612f3696, -0.0000033333333333333333",
    "43143ff3c1cb0959, 1424953923781206.2"
  })
  void numbersAreWrittenAsAppendixBHas(String bits, String text) {
    final double number = Double.longBitsToDouble(Long.parseUnsignedLong(bits, 16));
    assertEquals(text, JsonCanonicalizer.ecmaScript(number));
    assertEquals("[" + text + "]", canonical("[" + number + "]"));
  }

  @Test
  void aNumberThatNoDoubleHoldsHasNoCanonicalForm() {
    assertNull(canonical("[1e400]"));
    assertEquals("[100000000000000000000,-1e-7]", canonical("[1e20, -0.0000001]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|is cut short",
        "[1,]|is not JSON",
        "[01]|is not JSON",
        "[1.]|is not JSON",
        "{a:1}|is not JSON",
        "[tru]|is not JSON",
        "[1] 2|has bytes after its end",
        "[\"\\x\"]|has an escape that JSON does not have",
        "[\"\\ud800\"]|has half of a surrogate pair",
        "[\"\\udc00\"]|has half of a surrogate pair",
        "{\"a\":1,\"\\u0061\":2}|has a duplicate name",
        "[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]|is nested too deep",
        "[\"a|is cut short"
      })
  void whatIsNoJsonIsRefusedWithTheReason(String text, String why) {
    final byte[] json = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(why, new JsonValidator(16, 64).examine(json, 0, json.length));
  }

  @Test
  void bytesThatAreNoUtf8AndControlsAreRefused() {
    final byte[] overlong = {'"', (byte) 0xC0, (byte) 0xAF, '"'};
    final byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
    final byte[] control = {'"', 1, '"'};
    final JsonValidator validator = new JsonValidator(16, 64);
    assertEquals("has text that is not UTF-8", validator.examine(overlong, 0, 4));
    assertEquals("has text that is not UTF-8", validator.examine(surrogate, 0, 5));
    assertEquals("has a control character in a string", validator.examine(control, 0, 3));
  }

  @Test
  void anObjectHasAtMostSoManyMembers() {
    final StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 65; i++) {
      json.append(i == 0 ? "" : ",").append('"').append(i).append("\":0");
    }
    final byte[] bytes = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    assertEquals(
        "has an object of too many members",
        new JsonValidator(16, 64).examine(bytes, 0, bytes.length));
  }
}
