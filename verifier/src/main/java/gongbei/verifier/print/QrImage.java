package gongbei.verifier.print;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.client.j2se.MatrixToImageWriter;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import gongbei.codec.code.CodeText;
import gongbei.verifier.qr.PictureLimits;
import gongbei.verifier.qr.QrReader;
import gongbei.verifier.qr.SymbolParts;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Codes as pictures: QR (ISO/IEC 18004) in alphanumeric mode, error correction M. */
public final class QrImage {
  private static final int PIXELS = 600;
  private static final int QUIET_ZONE_MODULES = 4;
  private static final int HEIF_TYPE_OFFSET = 4;
  private static final int HEIF_HEAD_BYTES = 12;
  private static final Set<String> HEIF_BRANDS =
      Set.of(
          "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "mif2", "avif", "avis");

  static {
    System.setProperty("java.awt.headless", System.getProperty("java.awt.headless", "true"));
    ImageIO.setUseCache(false);
  }

  private QrImage() {}

  /**
   * Draws a code.
   *
   * @return a PNG file's bytes
   */
  public static byte[] png(String code) {
    try {
      final ByteArrayOutputStream png = new ByteArrayOutputStream();
      MatrixToImageWriter.writeToStream(
          new QRCodeWriter()
              .encode(
                  code,
                  BarcodeFormat.QR_CODE,
                  PIXELS,
                  PIXELS,
                  Map.of(
                      EncodeHintType.ERROR_CORRECTION,
                      ErrorCorrectionLevel.M,
                      EncodeHintType.MARGIN,
                      QUIET_ZONE_MODULES)),
          "PNG",
          png);
      return png.toByteArray();
    } catch (WriterException | IOException e) {
      throw new IllegalArgumentException("code does not fit a QR code", e);
    }
  }

  /**
   * Reads the code in a picture: the first of {@link #readAll}.
   *
   * @throws UnreadableException as {@link #readAll}
   */
  public static String read(InputStream image) throws IOException {
    return readAll(image).get(0);
  }

  /**
   * Reads the codes in a picture, as {@link QrReader} finds them.
   *
   * @param image a PNG, JPEG, GIF, BMP, TIFF or WebP file, whose first picture counts, or a PDF,
   *     whose first pages count
   * @return the texts of all health codes or, where there is none, the text of one other symbol
   * @throws UnreadableException when the bytes are no picture, are too many or show no code, or not
   *     all symbols of one that was cut into several
   */
  public static List<String> readAll(InputStream image) throws IOException {
    final SymbolParts parts = new SymbolParts();
    final List<String> texts = readAll(image, parts);
    if (texts.isEmpty()) {
      throw new UnreadableException("image " + parts.drop().get(0));
    }
    return texts;
  }

  /**
   * Reads the codes in one picture of several.
   *
   * @param image as {@link #readAll(InputStream)}
   * @param parts takes the symbols that are parts of one code, and gives those of earlier pictures
   * @return as {@link #readAll(InputStream)}; nothing where the picture shows parts alone, of what
   *     is not whole yet
   * @throws UnreadableException as {@link #readAll(InputStream)}
   */
  public static List<String> readAll(InputStream image, SymbolParts parts) throws IOException {
    final byte[] bytes = image.readNBytes(PictureLimits.MAX_IMAGE_BYTES + 1);
    if (bytes.length > PictureLimits.MAX_IMAGE_BYTES) {
      throw new UnreadableException(
          "image is longer than " + PictureLimits.MAX_IMAGE_BYTES + " bytes");
    }
    final List<String> texts =
        PdfPages.isPdf(bytes) ? pages(bytes, parts) : symbols(picture(bytes), parts);
    if (texts.isEmpty() && !parts.isWaiting()) {
      throw new UnreadableException("image shows no code");
    }
    return texts;
  }

  private static List<String> symbols(BufferedImage picture, SymbolParts parts) {
    return QrReader.read(
        (y, argb) -> picture.getRGB(0, y, picture.getWidth(), 1, argb, 0, argb.length),
        picture.getWidth(),
        picture.getHeight(),
        parts,
        PictureLimits.PICTURE_MILLIS);
  }

  /** What the first pages show: health codes or, where there is none, one other symbol. */
  private static List<String> pages(byte[] pdf, SymbolParts parts) throws IOException {
    final Set<String> texts = new LinkedHashSet<>();
    try (PdfPages pages = new PdfPages(pdf)) {
      for (int i = 0; i < pages.count(); i++) {
        texts.addAll(symbols(pages.draw(i), parts));
      }
    }
    final List<String> codes = texts.stream().filter(CodeText::hasKnownPrefix).toList();
    return codes.isEmpty() ? texts.stream().limit(1).toList() : codes;
  }

  private static BufferedImage picture(byte[] bytes) throws IOException {
    final BufferedImage picture;
    try (ImageInputStream input = ImageIO.createImageInputStream(new ByteArrayInputStream(bytes))) {
      final Iterator<ImageReader> readers = ImageIO.getImageReaders(input);
      picture = readers.hasNext() ? picture(readers.next(), input) : null;
    } catch (UnreadableException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new UnreadableException("image can't be read: " + e.getMessage(), e);
    }
    if (picture == null) {
      throw new UnreadableException(
          isHeif(bytes)
              ? "image is a HEIC or AVIF file, for which there is no reader here: save it as JPEG"
              : "image is of an unknown format");
    }
    return picture;
  }

  /** Whether it is in the container of HEIC and AVIF (ISO/IEC 23008-12), by one of its brands. */
  private static boolean isHeif(byte[] bytes) {
    final String head =
        new String(bytes, 0, Math.min(bytes.length, HEIF_HEAD_BYTES), StandardCharsets.ISO_8859_1);
    return head.length() == HEIF_HEAD_BYTES
        && head.startsWith("ftyp", HEIF_TYPE_OFFSET)
        && HEIF_BRANDS.contains(head.substring(HEIF_TYPE_OFFSET + 4));
  }

  private static BufferedImage picture(ImageReader reader, ImageInputStream input)
      throws IOException {
    try {
      reader.setInput(input, true, true);
      if ((long) reader.getWidth(0) * reader.getHeight(0) > PictureLimits.MAX_IMAGE_PIXELS) {
        throw new UnreadableException(
            "image has more than " + PictureLimits.MAX_IMAGE_PIXELS + " pixels");
      }
      return reader.read(0);
    } finally {
      reader.dispose();
    }
  }

  /** A picture that no code can be got from; the message says why. */
  public static final class UnreadableException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }

    UnreadableException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
