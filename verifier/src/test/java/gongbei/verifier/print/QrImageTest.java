package gongbei.verifier.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeText;
import gongbei.testing.Seeds;
import gongbei.testing.TestCorpora;
import gongbei.verifier.qr.PictureLimits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** That what is drawn is read as it was, and that what is no picture of a code says so. */
final class QrImageTest {
  private static final String BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

  @ParameterizedTest
  @EnumSource(
      value = CodeFormat.class,
      names = {"GD1", "MO1", "HC1"})
  void aPictureIsReadBackAsItsText(CodeFormat format) throws IOException {
    final String code = IssuedCodes.of(format);
    assertEquals(code, QrImage.read(new ByteArrayInputStream(QrImage.png(code))));
  }

  @Test
  void everyPictureDrawnIsReadBackWhateverItsModulesLookLike() throws IOException {
    final Random random = Seeds.random(20220110);
    final int pictures = Seeds.isGiven() ? 150 : 50;
    for (int i = 0; i < pictures; i++) {
      final StringBuilder code = new StringBuilder("HC1:");
      for (int length = 250 + random.nextInt(150); length > 0; length--) {
        code.append(BASE45.charAt(random.nextInt(BASE45.length())));
      }
      final String text = code.append('.').toString();
      assertEquals(text, QrImage.read(new ByteArrayInputStream(QrImage.png(text))), "picture " + i);
    }
  }

  @Provide
  Arbitrary<String> alphanumerics() {
    return Arbitraries.strings().withChars(BASE45).ofMinLength(1).ofMaxLength(600);
  }

  @Property(tries = 30)
  void aPictureShowsTheTextThatWasDrawn(@ForAll("alphanumerics") String text) throws IOException {
    assertEquals(CodeText.of(text), QrImage.read(new ByteArrayInputStream(QrImage.png(text))));
  }

  @Test
  void aPictureThatIsNoneOrShowsNoCodeIsRefused() {
    assertEquals("image is of an unknown format", refusal(new byte[100]));
    assertEquals("image is of an unknown format", refusal(new byte[0]));
    assertEquals(
        "image is longer than 16777216 bytes",
        refusal(new byte[PictureLimits.MAX_IMAGE_BYTES + 1]));
    final byte[] png = QrImage.png(IssuedCodes.of(CodeFormat.GD1));
    assertTrue(refusal(Arrays.copyOf(png, png.length / 3)).startsWith("image"));
  }

  private static String refusal(byte[] image) {
    return assertThrows(IOException.class, () -> QrImage.read(new ByteArrayInputStream(image)))
        .getMessage();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DE_2DCode_png_1",
        "DE_2DCode_png_2",
        "DK_2DCode_png_1",
        "DK_2DCode_png_10",
        "IS_2DCode_png_1",
        "IS_2DCode_png_2"
      })
  void aPictureOfTheEusTestDataShowsTheTextOfItsRow(String name) throws Exception {
    final String file = name.replace("_2DCode_png_", "/2DCode/raw/") + ".json";
    try (InputStream png = Files.newInputStream(TestCorpora.require("dgc/png/" + name + ".png"))) {
      assertEquals(textOf(file), QrImage.read(png));
    }
  }

  private static String textOf(String file) throws IOException {
    for (final String line : Files.readAllLines(TestCorpora.require("dgc/codes.jsonl"))) {
      final JsonNode row = new ObjectMapper().readTree(line);
      if (row.get("file").textValue().equals(file)) {
        return row.get("code").textValue();
      }
    }
    throw new AssertionError("no row of " + file);
  }
}
