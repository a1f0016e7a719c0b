package gongbei.codec.issue;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.Binarizer;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.EncodeHintType;
import com.google.zxing.LuminanceSource;
import com.google.zxing.MultiFormatReader;
import com.google.zxing.NotFoundException;
import com.google.zxing.WriterException;
import com.google.zxing.client.j2se.BufferedImageLuminanceSource;
import com.google.zxing.client.j2se.MatrixToImageWriter;
import com.google.zxing.common.GlobalHistogramBinarizer;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import gongbei.codec.code.CodeLimits;
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
  /** The most bytes of a picture that is read. */
  public static final int MAX_IMAGE_BYTES = 16 << 20;

  /** The most pixels of a picture that is read. */
  public static final long MAX_IMAGE_PIXELS = 40_000_000;

  private static final int PIXELS = 600;
  private static final int QUIET_ZONE_MODULES = 4;

  private static final Map<DecodeHintType, ?> AS_PHOTOGRAPHED =
      Map.of(
          DecodeHintType.TRY_HARDER,
          true,
          DecodeHintType.POSSIBLE_FORMATS,
          List.of(BarcodeFormat.QR_CODE, BarcodeFormat.AZTEC));

  /**
   * For an upright picture with nothing beside the code. In about one picture in fifty the search
   * for a code in a photograph takes the code's own data for a corner, and misses it.
   */
  private static final Map<DecodeHintType, ?> AS_DRAWN =
      Map.of(
          DecodeHintType.PURE_BARCODE,
          true,
          DecodeHintType.POSSIBLE_FORMATS,
          List.of(BarcodeFormat.QR_CODE, BarcodeFormat.AZTEC));

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
   * Reads the code in a picture.
   *
   * @param image a PNG, JPEG, GIF or BMP file
   * @return the code's text
   * @throws UnreadableException when the bytes are no picture, are too many or show no code
   */
  public static String read(InputStream image) throws IOException {
    final byte[] bytes = image.readNBytes(MAX_IMAGE_BYTES + 1);
    if (bytes.length > MAX_IMAGE_BYTES) {
      throw new UnreadableException("image is longer than " + MAX_IMAGE_BYTES + " bytes");
    }
    final LuminanceSource light = new BufferedImageLuminanceSource(picture(bytes));
    String text = textIn(new HybridBinarizer(light), AS_PHOTOGRAPHED);
    if (text == null) {
      text = textIn(new HybridBinarizer(light), AS_DRAWN);
    }
    if (text == null) {
      text = textIn(new GlobalHistogramBinarizer(light), AS_PHOTOGRAPHED);
    }
    if (text == null) {
      throw new UnreadableException("image shows no code");
    }
    if (text.length() > CodeLimits.MAX_TEXT_CHARACTERS) {
      throw new UnreadableException("image shows a code longer than 4296 characters");
    }
    return text;
  }

  private static String textIn(Binarizer modules, Map<DecodeHintType, ?> hints) {
    try {
      return new MultiFormatReader().decode(new BinaryBitmap(modules), hints).getText();
    } catch (NotFoundException e) {
      return null;
    }
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
      throw new UnreadableException("image is of no kind that can be read");
    }
    return picture;
  }

  private static BufferedImage picture(ImageReader reader, ImageInputStream input)
      throws IOException {
    try {
      reader.setInput(input, true, true);
      if ((long) reader.getWidth(0) * reader.getHeight(0) > MAX_IMAGE_PIXELS) {
        throw new UnreadableException("image has more than " + MAX_IMAGE_PIXELS + " pixels");
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
