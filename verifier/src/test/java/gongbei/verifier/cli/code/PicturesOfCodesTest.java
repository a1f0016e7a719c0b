package gongbei.verifier.cli.code;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.CodeFormat;
import gongbei.testing.Document;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.print.IssuedCodes;
import gongbei.verifier.print.QrImage;
import gongbei.verifier.qr.PictureLimits;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.graphics.image.LosslessFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code verify --image} with codes of several symbols, PDFs, and files for which there is no
 * reader. The symbols in {@code pictures} were drawn by libqrencode 4.1.1 from the text beside
 * them: {@code qrencode -S -v 6 -l M -s 3}.
 */
final class PicturesOfCodesTest extends CommandRuns {
  private static final Path PICTURES =
      Document.root().resolve("verifier/src/test/resources/pictures");
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final PDRectangle SMALL = new PDRectangle(72, 72);

  @TempDir private Path directory;

  private static Path part(int number) {
    return PICTURES.resolve("structured-0" + number + ".png");
  }

  private Path together(Integer... numbers) throws IOException {
    final BufferedImage picture = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
    final Graphics2D graphics = picture.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, picture.getWidth(), picture.getHeight());
    for (int i = 0; i < numbers.length; i++) {
      graphics.drawImage(
          ImageIO.read(part(numbers[i]).toFile()), 20 + i % 2 * 280, 20 + i / 2 * 220, null);
    }
    graphics.dispose();
    final Path file = directory.resolve("together.png");
    ImageIO.write(picture, "png", file.toFile());
    return file;
  }

  /** What the command says of a text is what it says of a picture that is read as that text. */
  private void assertReadAs(List<String> texts, Path... images) {
    final List<String> arguments = new ArrayList<>(List.of("verify", "--json"));
    arguments.addAll(texts);
    run(arguments.toArray(String[]::new));
    final String expected = out;
    final List<String> again = new ArrayList<>(List.of("verify", "--json"));
    for (final Path image : images) {
      again.addAll(List.of("--image", image.toString()));
    }
    run(again.toArray(String[]::new));
    assertEquals(expected, out);
  }

  private static String structured() throws IOException {
    return Files.readString(PICTURES.resolve("structured.txt")).strip();
  }

  @Test
  void aCodeOfSeveralSymbolsIsReadInOnePictureInWhateverOrder() throws IOException {
    assertEquals(List.of(structured()), QrImage.readAll(Files.newInputStream(together(3, 1, 2))));
    assertReadAs(List.of(structured()), together(2, 3, 1));
  }

  @Test
  void aCodeOfSeveralSymbolsIsReadInSeveralPictures() throws IOException {
    assertReadAs(List.of(structured()), part(2), part(1), part(3));
  }

  @Test
  void aPartOfACodeIsNoCodeAndSaysHowManyThereAre() throws IOException {
    assertTrue(structured().startsWith("HC1:"), "the first part opens as a code");
    for (final Path image : List.of(part(1), together(1, 3))) {
      assertEquals(1, run("verify", "--image", image.toString()));
      assertEquals(
          "refuse: malformed (image shows "
              + (image.equals(part(1)) ? 1 : 2)
              + " of 3 symbols that make one code together)\n",
          out);
    }
  }

  private Path pdf(StandardProtectionPolicy protection, String... codes) throws IOException {
    final Path file = directory.resolve("pages.pdf");
    try (PDDocument document = new PDDocument()) {
      for (final String code : codes) {
        final PDPage page = new PDPage(code.isEmpty() ? SMALL : PDRectangle.A4);
        document.addPage(page);
        if (!code.isEmpty()) {
          try (PDPageContentStream content = new PDPageContentStream(document, page)) {
            content.drawImage(
                LosslessFactory.createFromImage(
                    document, ImageIO.read(new ByteArrayInputStream(QrImage.png(code)))),
                330,
                500,
                120,
                120);
          }
        }
      }
      if (protection != null) {
        document.protect(protection);
      }
      document.save(file.toFile());
    }
    return file;
  }

  @Test
  void theFirstPagesOfAPdfAreReadAndTheOthersAreNot() throws IOException {
    final String first = IssuedCodes.of(CodeFormat.HC1);
    final String second = IssuedCodes.of(CodeFormat.MO1);
    assertReadAs(List.of(first, second), pdf(null, first, "", second));
    final String[] codes = new String[PictureLimits.MAX_PDF_PAGES + 1];
    Arrays.fill(codes, "");
    codes[PictureLimits.MAX_PDF_PAGES] = first;
    final Path late = pdf(null, codes);
    assertEquals(1, run("verify", "--image", late.toString()));
    assertEquals("refuse: malformed (image shows no code)\n", out);
  }

  @Test
  void aPdfThatCannotBeReadSaysWhy() throws IOException {
    final Path locked =
        pdf(
            new StandardProtectionPolicy("owner", "reader", new AccessPermission()),
            IssuedCodes.of(CodeFormat.HC1));
    assertEquals(1, run("verify", "--image", locked.toString()));
    assertEquals("refuse: malformed (image is a PDF that asks for a password)\n", out);
    final Path broken = Files.writeString(directory.resolve("broken.pdf"), "%PDF-1.7\nno objects");
    assertEquals(1, run("verify", "--json", "--image", broken.toString()));
    final JsonNode answer = JSON.readTree(out);
    assertEquals("image", answer.path("field").textValue());
    assertTrue(
        answer.path("detail").textValue().startsWith("image is a PDF that can't be read: "), out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"heic", "mif1", "avif"})
  void aFileForWhichThereIsNoReaderIsRefusedByItsName(String brand) throws IOException {
    final Path file =
        Files.write(
            directory.resolve("photo"),
            ("\0\0\0\u0018ftyp" + brand + "\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(1, run("verify", "--image", file.toString()));
    assertEquals(
        "refuse: malformed (image is a HEIC or AVIF file, for which there is no reader here: save it"
            + " as JPEG)\n",
        out);
  }
}
