package gongbei.verifier.browser;

import com.google.zxing.Binarizer;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.LuminanceSource;
import com.google.zxing.PlanarYUVLuminanceSource;
import com.google.zxing.ReaderException;
import com.google.zxing.WriterException;
import com.google.zxing.common.GlobalHistogramBinarizer;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.Map;
import org.teavm.jso.JSExport;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * Reads and draws QR codes in a browser: ZXing, made into JavaScript by TeaVM while Gongbei is
 * built. The exported methods are the functions of {@code qr-codes.js}; no server runs this.
 */
public final class QrCodes {
  private static final Map<DecodeHintType, Object> AS_PHOTOGRAPHED =
      Map.of(DecodeHintType.TRY_HARDER, true);
  private static final Map<DecodeHintType, Object> AS_DRAWN =
      Map.of(DecodeHintType.PURE_BARCODE, true);

  private QrCodes() {}

  /**
   * What the QR code in a picture says.
   *
   * @param luminances from 0 for black to 255 (-1 as a byte) for white, row by row
   * @param inverted whether to look for light codes on a dark ground
   * @return null where no code is found
   */
  @JSExport
  public static String read(Int8Array luminances, int width, int height, boolean inverted) {
    final byte[] grey = new byte[width * height];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = luminances.get(i);
    }
    final LuminanceSource upright =
        new PlanarYUVLuminanceSource(grey, width, height, 0, 0, width, height, false);
    final LuminanceSource source = inverted ? upright.invert() : upright;
    String text = textIn(new HybridBinarizer(source), AS_PHOTOGRAPHED);
    if (text == null) {
      text = textIn(new HybridBinarizer(source), AS_DRAWN);
    }
    return text == null ? textIn(new GlobalHistogramBinarizer(source), AS_PHOTOGRAPHED) : text;
  }

  private static String textIn(Binarizer modules, Map<DecodeHintType, Object> hints) {
    try {
      return new QRCodeReader().decode(new BinaryBitmap(modules), hints).getText();
    } catch (ReaderException e) {
      return null;
    }
  }

  /**
   * The modules of a text's QR code with error correction M.
   *
   * @return lines of 0 (light) and 1 (dark), without a quiet zone; null where the text is too long
   */
  @JSExport
  public static String draw(String text) {
    final ByteMatrix matrix;
    try {
      matrix = Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
    } catch (WriterException e) {
      return null;
    }
    final StringBuilder lines = new StringBuilder();
    for (int y = 0; y < matrix.getHeight(); y++) {
      for (int x = 0; x < matrix.getWidth(); x++) {
        lines.append(matrix.get(x, y) == 1 ? '1' : '0');
      }
      lines.append('\n');
    }
    return lines.toString();
  }
}
