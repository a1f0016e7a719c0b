package gongbei.verifier.print;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Prerequisite;
import gongbei.verifier.print.PaperPages.Layout;
import gongbei.verifier.print.PaperPages.Paper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PaperPagesTest {
  private static final String CODE = "GD1:" + "ABCDEFGHIJ0123456789".repeat(11);
  private static final long LAST = 1_798_761_600L;

  @Test
  void aPrintedCodeIsReadBackFromThePageWithItsLabelAndUntilWhenItIsValid() throws Exception {
    final byte[] pdf =
        PaperPages.pdf(
            List.of(new Paper(CODE, "Lei Mei, house 7", LAST)), Layout.SINGLE, Optional.empty());
    try (PDDocument document = Loader.loadPDF(pdf)) {
      assertEquals(1, document.getNumberOfPages());
      final String text = new PDFTextStripper().getText(document);
      assertTrue(text.contains("Lei Mei, house 7"), text);
      assertTrue(text.contains("广东健康码（粤康码）"), text);
      assertTrue(text.contains("签发方：广东"), text);
      assertTrue(text.contains("有效期至 2027年1月1日 08:00"), text);
      final ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(new PDFRenderer(document).renderImageWithDPI(0, 150), "PNG", png);
      assertEquals(CODE, QrImage.read(new ByteArrayInputStream(png.toByteArray())));
    }
  }

  @Test
  void aPaperOfMacauIsInBothOfItsLanguages() throws Exception {
    for (final Layout layout : Layout.values()) {
      final byte[] pdf =
          PaperPages.pdf(
              List.of(new Paper("MO1:" + CODE.substring(4), "", LAST)), layout, Optional.empty());
      try (PDDocument document = Loader.loadPDF(pdf)) {
        final String text = new PDFTextStripper().getText(document);
        for (final String said :
            List.of(
                "澳門健康碼",
                "Código de saúde de Macau",
                "簽發方：澳門",
                "Emitido por: Macau",
                "有效期至 2027年1月1日 08:00",
                "Válido até 1 de janeiro de 2027, 08:00")) {
          assertTrue(text.contains(said), text);
        }
        final ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new PDFRenderer(document).renderImageWithDPI(0, 200), "PNG", png);
        assertEquals(
            "MO1:" + CODE.substring(4), QrImage.read(new ByteArrayInputStream(png.toByteArray())));
      }
    }
  }

  @Test
  void aVillagesCodesAreEightToASheet() throws Exception {
    final List<Paper> papers = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      papers.add(new Paper(CODE + i, "No " + i, LAST));
    }
    try (PDDocument document =
        Loader.loadPDF(PaperPages.pdf(papers, Layout.SHEET, Optional.empty()))) {
      assertEquals(3, document.getNumberOfPages());
      assertTrue(new PDFTextStripper().getText(document).contains("No 16"));
    }
  }

  @Test
  void whatCanNotBePrintedIsRefused() {
    assertFault("papers are 0", () -> PaperPages.pdf(List.of(), Layout.SINGLE, Optional.empty()));
    final List<Paper> many = new ArrayList<>();
    for (int i = 0; i <= PaperPages.MAX_PAPERS; i++) {
      many.add(new Paper(CODE, "", LAST));
    }
    assertFault("papers are 201", () -> PaperPages.pdf(many, Layout.SHEET, Optional.empty()));
    assertFault("label is longer", () -> new Paper(CODE, "x".repeat(41), LAST));
    assertFault(
        "label of paper 1 has U+674E",
        () ->
            PaperPages.pdf(
                List.of(new Paper(CODE, "Lei Mei", LAST), new Paper(CODE, "a李梅", LAST)),
                Layout.SINGLE,
                Optional.empty()));
    assertFault(
        "font nowhere.ttf",
        () ->
            PaperPages.pdf(many.subList(0, 1), Layout.SINGLE, Optional.of(Path.of("nowhere.ttf"))));
    assertFault("nowhere.ttf is no", () -> PaperPages.requireFont(Path.of("nowhere.ttf")));
    assertFault("pom.xml is no", () -> PaperPages.requireFont(Path.of("pom.xml")));
  }

  /** Debian's fonts-droid-fallback, which {@code .ci/run} installs. */
  private static Path chineseFont() {
    final Path font = Path.of("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf");
    Prerequisite.require(Files.exists(font), "Debian's fonts-droid-fallback is not installed");
    return font;
  }

  @ParameterizedTest
  @ValueSource(strings = {"澳門健康碼 陳大文 板樟堂街 7 號", "粤康码 李梅 荔湾区 No. 12"})
  void labelsInChineseAreReadBackFromThePageAndSoIsTheCode(String label) throws Exception {
    final Path font = chineseFont();
    PaperPages.requireFont(font);
    final List<Paper> papers = new ArrayList<>();
    for (int i = 0; i < Layout.SHEET.papersPerPage(); i++) {
      papers.add(new Paper(CODE, label, LAST));
    }
    final byte[] pdf = PaperPages.pdf(papers, Layout.SHEET, Optional.of(font));
    assertTrue(pdf.length < 200_000, "of the font only the letters used are in it: " + pdf.length);
    try (PDDocument document = Loader.loadPDF(pdf)) {
      assertEquals(
          papers.size(),
          new PDFTextStripper().getText(document).split(Pattern.quote(label), -1).length - 1);
    }
    final byte[] one = PaperPages.pdf(papers.subList(0, 1), Layout.SINGLE, Optional.of(font));
    try (PDDocument document = Loader.loadPDF(one)) {
      assertTrue(new PDFTextStripper().getText(document).contains("2027年1月1日 08:00"));
      final BufferedImage page = new PDFRenderer(document).renderImageWithDPI(0, 150);
      final ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(page, "PNG", png);
      assertEquals(CODE, QrImage.read(new ByteArrayInputStream(png.toByteArray())));
    }
  }

  @Test
  void aCharacterThatAChineseFontLacksIsNamed() {
    final Path font = chineseFont();
    final UnprintableLabelException refusal =
        assertThrows(
            UnprintableLabelException.class,
            () ->
                PaperPages.pdf(
                    List.of(new Paper(CODE, "李梅", LAST), new Paper(CODE, "李😀梅", LAST)),
                    Layout.SHEET,
                    Optional.of(font)));
    assertEquals(1, refusal.paper());
    assertEquals(0x1F600, refusal.codePoint());
  }

  private static void assertFault(String fault, Executable made) {
    final String message = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(message.startsWith(fault), message);
  }
}
