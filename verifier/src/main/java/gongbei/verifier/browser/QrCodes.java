package gongbei.verifier.browser;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import gongbei.codec.code.CodeText;
import gongbei.verifier.qr.PictureLimits;
import gongbei.verifier.qr.QrReader;
import gongbei.verifier.qr.SymbolParts;
import gongbei.verifier.rules.CheckpointName;
import java.util.List;
import org.teavm.jso.JSExport;
import org.teavm.jso.typedarrays.Int8Array;

/**
 * Reads and draws QR codes in a browser: the reader of {@code gongbei.verifier.qr} and ZXing, made
 * into JavaScript by TeaVM while Gongbei is built. The exported methods are the functions of {@code
 * qr-codes.js}; no server runs this.
 */
public final class QrCodes {
  /** Symbols that the camera has seen, which are parts of a code. */
  private static final SymbolParts SEEN = new SymbolParts();

  /** Whether the last picture left a code without some of its symbols. */
  private static boolean isWaiting;

  private QrCodes() {}

  /**
   * Reads the codes in a picture, as {@link QrReader#read}.
   *
   * @param rgba red, green, blue and alpha of each pixel, row by row
   * @return the codes' texts; none where there is no code
   */
  @JSExport
  public static String[] read(Int8Array rgba, int width, int height) {
    final SymbolParts parts = new SymbolParts();
    final List<String> texts =
        QrReader.read(pixels(rgba, width), width, height, parts, PictureLimits.PICTURE_MILLIS);
    isWaiting = parts.isWaiting();
    return texts.toArray(new String[0]);
  }

  /** Reads the codes in one picture of a camera, as {@link QrReader#glance}. */
  @JSExport
  public static String[] glance(Int8Array rgba, int width, int height, int look) {
    final List<String> texts = QrReader.glance(pixels(rgba, width), width, height, SEEN, look);
    isWaiting = SEEN.isWaiting();
    return texts.toArray(new String[0]);
  }

  /** Whether what was read last lacks symbols of a code that was cut into several. */
  @JSExport
  public static boolean isWaiting() {
    return isWaiting;
  }

  private static QrReader.Pixels pixels(Int8Array rgba, int width) {
    return (y, argb) -> {
      int at = 4 * y * width;
      for (int x = 0; x < width; x++, at += 4) {
        argb[x] =
            ((rgba.get(at + 3) & 0xFF) << 24)
                | ((rgba.get(at) & 0xFF) << 16)
                | ((rgba.get(at + 1) & 0xFF) << 8)
                | (rgba.get(at + 2) & 0xFF);
      }
    };
  }

  /** A code's own characters, as {@link CodeText#of}. */
  @JSExport
  public static String codeText(String text) {
    return CodeText.of(text);
  }

  /** Whether a text opens as a health code does, as {@link CodeText#hasKnownPrefix}. */
  @JSExport
  public static boolean hasKnownPrefix(String text) {
    return CodeText.hasKnownPrefix(text);
  }

  /** Whether a checkpoint may be named so, as {@link CheckpointName#fault}. */
  @JSExport
  public static boolean isCheckpointName(String name) {
    return CheckpointName.fault(name) == null;
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
