package gongbei.verifier.print;

import gongbei.verifier.qr.PictureLimits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.rendering.ImageType;
import org.apache.pdfbox.rendering.PDFRenderer;

/** Draws the first pages of a PDF as pictures, each within bounds of pixels and of time. */
final class PdfPages implements AutoCloseable {
  private static final byte[] HEADER = {'%', 'P', 'D', 'F', '-'};

  /** How far from the beginning of a file its header may be (ISO 32000-1, note 13 of annex H). */
  private static final int MAX_HEADER_OFFSET = 1_024;

  private static final float POINTS_AN_INCH = 72;

  private final PDDocument document;
  private final PDFRenderer renderer;

  /**
   * Opens a document.
   *
   * @throws QrImage.UnreadableException where it is encrypted or no PDF
   */
  PdfPages(byte[] bytes) throws QrImage.UnreadableException {
    try {
      document = Loader.loadPDF(bytes);
    } catch (InvalidPasswordException e) {
      throw new QrImage.UnreadableException("image is a PDF that asks for a password", e);
    } catch (IOException | RuntimeException e) {
      throw new QrImage.UnreadableException(
          "image is a PDF that can't be read: " + e.getMessage(), e);
    }
    renderer = new PDFRenderer(document);
    renderer.setSubsamplingAllowed(true);
  }

  /** Whether a file is a PDF. */
  static boolean isPdf(byte[] bytes) {
    for (int at = 0; at < MAX_HEADER_OFFSET && at + HEADER.length <= bytes.length; at++) {
      int same = 0;
      while (same < HEADER.length && bytes[at + same] == HEADER[same]) {
        same++;
      }
      if (same == HEADER.length) {
        return true;
      }
    }
    return false;
  }

  /** How many pages are looked at. */
  int count() {
    return Math.min(document.getNumberOfPages(), PictureLimits.MAX_PDF_PAGES);
  }

  /**
   * Draws a page.
   *
   * @param index from 0 on
   * @throws QrImage.UnreadableException where it can't be drawn, or not in time
   */
  BufferedImage draw(int index) throws QrImage.UnreadableException {
    final FutureTask<BufferedImage> drawn =
        new FutureTask<>(
            () ->
                renderer.renderImageWithDPI(
                    index, dpi(document.getPage(index).getCropBox()), ImageType.RGB));
    // PDFBox can't be told to stop: a page that takes too long is left to its thread.
    final Thread drawing = new Thread(drawn, "gongbei-pdf");
    drawing.setDaemon(true);
    drawing.start();
    try {
      return drawn.get(PictureLimits.PICTURE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new QrImage.UnreadableException(
          "image is a PDF whose page "
              + (index + 1)
              + " can't be drawn within "
              + PictureLimits.PICTURE_MILLIS
              + " ms",
          e);
    } catch (ExecutionException e) {
      throw new QrImage.UnreadableException(
          "image is a PDF whose page " + (index + 1) + " can't be drawn: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new QrImage.UnreadableException("image was not read: interrupted", e);
    }
  }

  private static float dpi(PDRectangle page) {
    final double squareInches =
        (double) page.getWidth() * page.getHeight() / (POINTS_AN_INCH * POINTS_AN_INCH);
    final double most = Math.sqrt(PictureLimits.MAX_IMAGE_PIXELS / Math.max(1, squareInches));
    return (float) Math.min(PictureLimits.PDF_DPI, most);
  }

  @Override
  public void close() throws IOException {
    document.close();
  }
}
