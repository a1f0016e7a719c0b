package gongbei.verifier.print;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.client.j2se.MatrixToImageWriter;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import gongbei.verifier.qr.PictureLimits;
import gongbei.verifier.qr.QrReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/** Codes as pictures: QR (ISO/IEC 18004) in alphanumeric mode, error correction M. */
public final class QrImage {
  private static final int PIXELS = 600;
  private static final int QUIET_ZONE_MODULES = 4;

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
   * @param image a PNG, JPEG, GIF, BMP, TIFF or WebP file; the first picture of it counts
   * @return the texts of all health codes or, where there is none, the text of one other symbol
   * @throws UnreadableException when the bytes are no picture, are too many or show no code
   */
  public static List<String> readAll(InputStream image) throws IOException {
    final byte[] bytes = image.readNBytes(PictureLimits.MAX_IMAGE_BYTES + 1);
    if (bytes.length > PictureLimits.MAX_IMAGE_BYTES) {
      throw new UnreadableException(
          "image is longer than " + PictureLimits.MAX_IMAGE_BYTES + " bytes");
    }
    final BufferedImage picture = picture(bytes);
    final List<String> texts =
        QrReader.read(
            (y, argb) -> picture.getRGB(0, y, picture.getWidth(), 1, argb, 0, argb.length),
            picture.getWidth(),
            picture.getHeight(),
            PictureLimits.PICTURE_MILLIS);
    if (texts.isEmpty()) {
      throw new UnreadableException("image shows no code");
    }
    return texts;
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
      throw new UnreadableException("image is of an unknown format");
    }
    return picture;
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
