package gongbei.verifier.print;

import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;

/**
 * Codes to be printed and carried: PDF, A4, the QR code drawn as squares with error correction Q,
 * which still reads when a quarter of it is worn, with what it is, who issued it and until when it
 * is valid in the languages of its region. No colour is printed: that is the map's to say.
 */
public final class PaperPages {
  /** The most codes of one document. */
  public static final int MAX_PAPERS = 200;

  /** The most characters of a label. */
  public static final int MAX_LABEL_CHARACTERS = 40;

  private static final float POINTS_PER_MILLIMETRE = 72f / 25.4f;
  private static final float MARGIN = 15 * POINTS_PER_MILLIMETRE;
  private static final float LABEL_POINTS = 12;
  private static final float TITLE_POINTS = 10;
  private static final float SMALL_POINTS = 8;

  /** The distance of two lines of letters of size 1. */
  private static final float LEADING = 1.25f;

  private static final int QUIET_ZONE_MODULES = 4;

  /** Embedded as any other, so that no font of the machine's stands in for one that is not. */
  private static final String LIBRARYS_FONT =
      "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

  /** Has the Chinese characters of {@link PaperWords}, whichever font the labels have. */
  private static final String WORDS_FONT = "/gongbei/fonts/paper-words.ttf";

  static {
    System.setProperty("java.awt.headless", System.getProperty("java.awt.headless", "true"));
    // PDFBox looks for fonts once and writes what it found here, which is else the user's home.
    System.setProperty(
        "pdfbox.fontcache",
        System.getProperty("pdfbox.fontcache", System.getProperty("java.io.tmpdir")));
  }

  /**
   * One person's code.
   *
   * @param code the code's text
   * @param label printed over it for whoever hands it out, and kept nowhere; may be empty
   * @param expiresAtEpochSeconds its {@code exp}
   */
  public record Paper(String code, String label, long expiresAtEpochSeconds) {
    public Paper {
      if (label.length() > MAX_LABEL_CHARACTERS) {
        throw new IllegalArgumentException(
            "label is longer than " + MAX_LABEL_CHARACTERS + " characters");
      }
    }
  }

  /** How many codes a page has: large ones to fold, or sheets to be cut. */
  public enum Layout {
    /** One on a page. */
    SINGLE(1, 1),
    /** Eight on a page. */
    SHEET(2, 4);

    private final int columns;
    private final int rows;

    Layout(int columns, int rows) {
      this.columns = columns;
      this.rows = rows;
    }

    /** Codes on a page. */
    public int papersPerPage() {
      return columns * rows;
    }
  }

  private final PDDocument document = new PDDocument();
  private final Layout layout;
  private final PDFont plainFont;
  private final PDFont font;
  private final PDFont wordsFont;

  private PaperPages(Layout layout, Optional<Path> fontFile) throws IOException {
    this.layout = layout;
    try (InputStream bytes = PDDocument.class.getResourceAsStream(LIBRARYS_FONT)) {
      plainFont = PDType0Font.load(document, bytes);
    }
    try (InputStream bytes = PaperPages.class.getResourceAsStream(WORDS_FONT)) {
      wordsFont = PDType0Font.load(document, bytes);
    }
    if (fontFile.isEmpty()) {
      font = plainFont;
    } else {
      try (InputStream bytes = Files.newInputStream(fontFile.get())) {
        font = PDType0Font.load(document, bytes);
      }
    }
  }

  /**
   * Throws where a font can't be used.
   *
   * @throws IllegalArgumentException where it is no TrueType font; the message names the file
   */
  public static void requireFont(Path fontFile) {
    try (PDDocument document = new PDDocument();
        InputStream bytes = Files.newInputStream(fontFile)) {
      PDType0Font.load(document, bytes);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(fontFile + " is no TrueType font that can be used", e);
    }
  }

  /**
   * Draws codes.
   *
   * @param papers 1 to {@link #MAX_PAPERS}
   * @param fontFile a TrueType font that the labels are written in; what it lacks, or all without
   *     one, is in the library's, of Latin, Greek and Cyrillic letters
   * @return a PDF file's bytes
   * @throws UnprintableLabelException where a label has a character that neither font can show
   * @throws IllegalArgumentException where there are too many, or the font is none
   */
  public static byte[] pdf(List<Paper> papers, Layout layout, Optional<Path> fontFile) {
    if (papers.isEmpty() || papers.size() > MAX_PAPERS) {
      throw new IllegalArgumentException(
          "papers are " + papers.size() + ", not 1 to " + MAX_PAPERS);
    }
    PaperPages pages = null;
    try {
      pages = new PaperPages(layout, fontFile);
      for (int i = 0; i < papers.size(); i += layout.papersPerPage()) {
        pages.page(papers, i, Math.min(papers.size(), i + layout.papersPerPage()));
      }
      final ByteArrayOutputStream pdf = new ByteArrayOutputStream();
      pages.document.save(pdf);
      return pdf.toByteArray();
    } catch (IOException e) {
      throw fontFile.isEmpty()
          ? new UncheckedIOException(e)
          : new IllegalArgumentException("font " + fontFile.get() + " can't be used", e);
    } finally {
      if (pages != null) {
        pages.close();
      }
    }
  }

  private void close() {
    try {
      document.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void page(List<Paper> papers, int first, int end) throws IOException {
    final PDPage page = new PDPage(PDRectangle.A4);
    document.addPage(page);
    final float width = (PDRectangle.A4.getWidth() - 2 * MARGIN) / layout.columns;
    final float height = (PDRectangle.A4.getHeight() - 2 * MARGIN) / layout.rows;
    try (PDPageContentStream content = new PDPageContentStream(document, page)) {
      for (int i = 0; i < end - first; i++) {
        requirePrintable(papers.get(first + i).label(), first + i);
        draw(
            content,
            papers.get(first + i),
            MARGIN + i % layout.columns * width,
            PDRectangle.A4.getHeight() - MARGIN - (i / layout.columns + 1) * height,
            width,
            height);
      }
    }
  }

  /** Draws one code into a box: what it is, label, QR code, issuer, until when it is valid. */
  private void draw(
      PDPageContentStream content, Paper paper, float left, float bottom, float width, float height)
      throws IOException {
    final List<PaperWords> words = PaperWords.of(paper.code());
    final float above = (TITLE_POINTS + LABEL_POINTS) * LEADING;
    final float below = (1 + words.size()) * SMALL_POINTS * LEADING;
    final float side = Math.min(width, height - above - below - SMALL_POINTS) * 0.97f;
    final float x = left + (width - side) / 2;
    final float y = bottom + below + SMALL_POINTS / 2;
    drawCode(content, paper.code(), x, y, side);
    write(content, paper.label(), LABEL_POINTS, x, y + side + SMALL_POINTS / 4);
    write(
        content,
        joined(words, PaperWords::title),
        TITLE_POINTS,
        x,
        y + side + SMALL_POINTS / 4 + LABEL_POINTS * LEADING);
    float line = y - SMALL_POINTS;
    write(content, joined(words, PaperWords::issuer), SMALL_POINTS, x, line);
    for (final PaperWords each : words) {
      line -= SMALL_POINTS * LEADING;
      write(content, each.validUntil(paper.expiresAtEpochSeconds()), SMALL_POINTS, x, line);
    }
  }

  private static String joined(List<PaperWords> words, Function<PaperWords, String> part) {
    return words.stream().map(part).collect(Collectors.joining("  "));
  }

  private void write(PDPageContentStream content, String text, float points, float x, float y)
      throws IOException {
    if (text.isEmpty()) {
      return;
    }
    content.beginText();
    content.newLineAtOffset(x, y);
    int start = 0;
    while (start < text.length()) {
      final PDFont of = fontToWrite(text.codePointAt(start));
      int end = start;
      while (end < text.length() && of.equals(fontToWrite(text.codePointAt(end)))) {
        end += Character.charCount(text.codePointAt(end));
      }
      content.setFont(of, points);
      content.showText(text.substring(start, end));
      start = end;
    }
    content.endText();
  }

  private PDFont fontToWrite(int codePoint) throws IOException {
    final PDFont ofLabels = fontOf(codePoint);
    return ofLabels == null ? wordsFont : ofLabels;
  }

  /** A font for Chinese may have nothing else, not even digits. Null where neither can show it. */
  private PDFont fontOf(int codePoint) throws IOException {
    if (canShow(font, codePoint)) {
      return font;
    }
    return canShow(plainFont, codePoint) ? plainFont : null;
  }

  private static boolean canShow(PDFont font, int codePoint) throws IOException {
    try {
      return font.encode(Character.toString(codePoint)).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void requirePrintable(String label, int paper) throws IOException {
    for (int i = 0; i < label.length(); i += Character.charCount(label.codePointAt(i))) {
      if (fontOf(label.codePointAt(i)) == null) {
        throw new UnprintableLabelException(paper, label.codePointAt(i));
      }
    }
  }

  private static void drawCode(
      PDPageContentStream content, String code, float left, float bottom, float side)
      throws IOException {
    final ByteMatrix modules = modules(code);
    final float module = side / (modules.getWidth() + 2 * QUIET_ZONE_MODULES);
    for (int row = 0; row < modules.getHeight(); row++) {
      final float y = bottom + (modules.getHeight() - 1 - row + QUIET_ZONE_MODULES) * module;
      int column = 0;
      while (column < modules.getWidth()) {
        final int start = column;
        while (column < modules.getWidth() && modules.get(column, row) == 1) {
          column++;
        }
        if (column > start) {
          content.addRect(
              left + (start + QUIET_ZONE_MODULES) * module, y, (column - start) * module, module);
        } else {
          column++;
        }
      }
    }
    content.fill();
  }

  private static ByteMatrix modules(String code) {
    try {
      return Encoder.encode(
              code, ErrorCorrectionLevel.Q, Map.of(EncodeHintType.CHARACTER_SET, "ISO-8859-1"))
          .getMatrix();
    } catch (WriterException e) {
      throw new IllegalArgumentException("code does not fit a QR code", e);
    }
  }
}
