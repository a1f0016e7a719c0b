package gongbei.codec.code;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.translate.TranslationRequest;
import gongbei.testing.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands around a code's text. */
final class CodeTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "]Q1%s",
        "]Q3%s",
        "]z3%s",
        "\uFEFF%s",
        "\uFEFF]Q1%s\r\n",
        " \t%s \n",
        "]Q1 %s",
        "\0%s\u001D"
      })
  void whatScannersAndEditorsPutAroundACodeIsPassedOver(String around) {
    for (final CodeFormat format : List.of(CodeFormat.GD1, CodeFormat.MO1, CodeFormat.HC1)) {
      final String code = TestCodes.valid(format);
      final String text = String.format(java.util.Locale.ROOT, around, code);
      assertEquals(code, CodeText.of(text));
      assertTrue(CodeText.hasKnownPrefix(text));
      final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertEquals(code, new String(CodeText.of(bytes), StandardCharsets.US_ASCII));
      final HealthCode decoded = new HealthCode();
      assertTrue(decoded.wrap(bytes, 0, bytes.length), decoded.field() + decoded.explanation());
      assertEquals(format, decoded.format());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1", "HC1"})
  void aCodeLosesNoCharacterOfItsOwn(CodeFormat format) {
    final byte[] code = TestCodes.ascii(TestCodes.valid(format));
    assertSame(code, CodeText.of(code));
  }

  @Test
  void aReceiptNamesTheCodeWhateverWasAroundIt() {
    final String code = TestCodes.valid(CodeFormat.MO1);
    assertArrayEquals(
        TestCodes.ascii(code),
        new TranslationRequest(TestCodes.ascii("]Q1" + code + "\n"), "GD", false).code());
  }

  @Test
  void noBase45EndsInABlank() {
    final Random random = Seeds.random(9285);
    for (int i = 0; i < 20_000; i++) {
      final byte[] bytes = new byte[1 + random.nextInt(6)];
      random.nextBytes(bytes);
      final String text = "GD1:" + Base45.encode(bytes, 0, bytes.length);
      assertEquals(text, CodeText.of(text));
    }
    for (int value = 0; value < 0x10000; value++) {
      final byte[] two = {(byte) (value >> 8), (byte) value};
      assertFalse(Base45.encode(two, 0, 2).endsWith(" "));
      assertFalse(Base45.encode(two, 1, 1).endsWith(" "));
    }
  }

  @Test
  void nothingButSurroundingsIsAnEmptyCode() {
    assertEquals("", CodeText.of(" \r\n\uFEFF"));
    assertArrayEquals(new byte[0], CodeText.of(TestCodes.ascii(" \r\n")));
    final HealthCode decoded = new HealthCode();
    assertFalse(decoded.wrap(TestCodes.ascii("\n \n"), 0, 3));
    assertEquals("is empty", decoded.explanation());
    assertFalse(CodeText.hasKnownPrefix("https://example.org/GD1:"));
    assertFalse(decoded.wrap(TestCodes.ascii("]Q1"), 0, 3));
  }
}
