package gongbei.codec.issue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.issue.PaperPages.Layout;
import gongbei.codec.issue.PaperPages.Paper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

final class PaperPagesTest {
  private static final String CODE = "GD1:" + "ABCDEFGHIJ0123456789".repeat(11);
  private static final long LAST = 1_798_761_600L;

  @Test
  void aPrintedCodeIsReadBackFromThePageWithItsLabelAndItsLastDay() throws Exception {
    final byte[] pdf =
        PaperPages.pdf(List.of(new Paper(CODE, "Lei Mei, house 7", LAST)), Layout.SINGLE, null);
    try (PDDocument document = Loader.loadPDF(pdf)) {
      assertEquals(1, document.getNumberOfPages());
      final String text = new PDFTextStripper().getText(document);
      assertTrue(text.contains("Lei Mei, house 7"), text);
      assertTrue(text.contains("2026-12-31"), text);
      final ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(new PDFRenderer(document).renderImageWithDPI(0, 150), "PNG", png);
      assertEquals(CODE, QrImage.read(new ByteArrayInputStream(png.toByteArray())));
    }
  }

  @Test
  void aVillagesCodesAreEightToASheet() throws Exception {
    final List<Paper> papers = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      papers.add(new Paper(CODE + i, "No " + i, LAST));
    }
    try (PDDocument document = Loader.loadPDF(PaperPages.pdf(papers, Layout.SHEET, null))) {
      assertEquals(3, document.getNumberOfPages());
      assertTrue(new PDFTextStripper().getText(document).contains("No 16"));
    }
  }

  @Test
  void whatCanNotBePrintedIsRefused() {
    assertFault("papers are 0", () -> PaperPages.pdf(List.of(), Layout.SINGLE, null));
    final List<Paper> many = new ArrayList<>();
    for (int i = 0; i <= PaperPages.MAX_PAPERS; i++) {
      many.add(new Paper(CODE, "", LAST));
    }
    assertFault("papers are 201", () -> PaperPages.pdf(many, Layout.SHEET, null));
    assertFault("label is longer", () -> new Paper(CODE, "x".repeat(41), LAST));
    assertFault(
        "label has a character",
        () -> PaperPages.pdf(List.of(new Paper(CODE, "李梅", LAST)), Layout.SINGLE, null));
    assertFault(
        "font nowhere.ttf",
        () -> PaperPages.pdf(many.subList(0, 1), Layout.SINGLE, Path.of("nowhere.ttf")));
  }

  private static void assertFault(String fault, Executable made) {
    final String message = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(message.startsWith(fault), message);
  }
}
