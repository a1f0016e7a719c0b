package gongbei.verifier.qr;

import com.google.zxing.Binarizer;
import com.google.zxing.BinaryBitmap;
import com.google.zxing.DecodeHintType;
import com.google.zxing.NotFoundException;
import com.google.zxing.ReaderException;
import com.google.zxing.Result;
import com.google.zxing.ResultMetadataType;
import com.google.zxing.aztec.AztecReader;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.common.DecoderResult;
import com.google.zxing.common.GlobalHistogramBinarizer;
import com.google.zxing.common.HybridBinarizer;
import com.google.zxing.qrcode.QRCodeReader;
import com.google.zxing.qrcode.decoder.Decoder;
import gongbei.codec.code.CodeText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the QR and Aztec symbols in a picture, on the command line and, compiled to JavaScript, in
 * the pages: the same sizes, thresholds and hints for both. Looks at the picture in several sizes,
 * dark on light and light on dark, by local and by one threshold, and, where that shows nothing, at
 * its parts. What has been read is painted over, so that it hides nothing beside it. For one
 * thread; one reader for one picture.
 */
public final class QrReader {
  private static final Map<DecodeHintType, ?> AS_DRAWN = Map.of(DecodeHintType.PURE_BARCODE, true);

  /** The side of a square of as many pixels as a picture is first looked at with. */
  private static final int COMFORTABLE_SIDE = 1_000;

  /** The most and the fewest that it is scaled to. */
  private static final int MAX_SCALED_SIDE = 2_400;

  private static final int MIN_SCALED_SIDE = 100;

  /** Sizes to look at after the first, by which it is multiplied. */
  private static final double[] FACTORS = {2, 0.5, 3, 1.5, 0.7, 4, 0.35};

  /** Sizes that are still looked at after the first health code: others may need another. */
  private static final int SIZES_AFTER = 1;

  /** The most pixels of a part's edge, and by how many the next part overlaps it. */
  private static final int MAX_PART_EDGE = 1_600;

  private static final int PART_OVERLAP = 400;

  private static final int FRAME_PIXELS = 12;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int OPAQUE = 255;
  private static final int WHITE = 255;
  private static final int BLACK = 0;

  private final long deadlineNanos;
  private final Decoder decoder = new Decoder();
  private final Set<String> texts = new LinkedHashSet<>();
  private final GreyPicture picture;

  private final SymbolParts parts;
  private boolean hasPart;

  private QrReader(GreyPicture picture, SymbolParts parts, long deadlineNanos) {
    this.picture = picture.stretched().copy();
    this.parts = parts;
    this.deadlineNanos = deadlineNanos;
  }

  /** Where the pixels of a picture come from. */
  public interface Pixels {
    /**
     * Copies a row.
     *
     * @param y counted from the top
     * @param argb takes alpha, red, green and blue, from the highest byte to the lowest, of each
     *     pixel; alpha is not multiplied into the others
     */
    void row(int y, int[] argb);
  }

  /**
   * Reads the symbols of a picture. What shines through is first taken for white, and then for
   * black where that shows no health code.
   *
   * @param parts takes the symbols that are parts of one code, and gives those of earlier pictures
   * @param millis when to give up, from now: {@link PictureLimits#PICTURE_MILLIS}
   * @return the texts of all health codes, in the order in which they were found, none twice; where
   *     there is none, the text of the first other symbol; empty where there is no symbol. Without
   *     what {@link CodeText} takes away.
   */
  public static List<String> read(
      Pixels pixels, int width, int height, SymbolParts parts, int millis) {
    final long deadline = System.nanoTime() + millis * NANOS_PER_MILLI;
    final byte[] grey = new byte[width * height];
    final boolean opaque = fill(grey, pixels, width, height, WHITE);
    final List<String> read = readAll(new GreyPicture(grey, width, height), parts, deadline);
    if (opaque || (!read.isEmpty() && CodeText.hasKnownPrefix(read.get(0)))) {
      return read;
    }
    fill(grey, pixels, width, height, BLACK);
    final List<String> onBlack = readAll(new GreyPicture(grey, width, height), parts, deadline);
    return onBlack.isEmpty() || (!read.isEmpty() && !CodeText.hasKnownPrefix(onBlack.get(0)))
        ? read
        : onBlack;
  }

  /**
   * Reads what one quick look shows, as at a picture of a camera that will bring others.
   *
   * @param look counts the pictures: some are looked at for light symbols on a dark ground, some at
   *     another size, some for symbols without a quiet zone on a grey ground
   * @return as {@link #read}
   */
  public static List<String> glance(
      Pixels pixels, int width, int height, SymbolParts parts, int look) {
    final byte[] grey = new byte[width * height];
    fill(grey, pixels, width, height, WHITE);
    final QrReader reader =
        new QrReader(
            new GreyPicture(grey, width, height),
            parts,
            System.nanoTime() + PictureLimits.GLANCE_MILLIS * NANOS_PER_MILLI);
    final double factor = look % 6 == 2 ? 2 : look % 6 == 4 ? 0.5 : 1;
    final GreyPicture seen = look % 6 == 1 ? reader.picture.lifted() : reader.picture;
    reader.look(seen, 0, 0, factor, look % 4 == 3);
    return reader.chosen();
  }

  /** Takes the brightness over a ground; answers whether the ground shows nowhere. */
  private static boolean fill(byte[] grey, Pixels pixels, int width, int height, int ground) {
    final int[] row = new int[width];
    boolean opaque = true;
    for (int y = 0; y < height; y++) {
      pixels.row(y, row);
      for (int x = 0; x < width; x++) {
        final int argb = row[x];
        final int alpha = argb >>> 24;
        final int own = ((argb >> 16 & 0xFF) + 2 * (argb >> 8 & 0xFF) + (argb & 0xFF)) >> 2;
        opaque &= alpha == OPAQUE;
        grey[y * width + x] = (byte) ((own * alpha + ground * (OPAQUE - alpha)) / OPAQUE);
      }
    }
    return opaque;
  }

  private static List<String> readAll(GreyPicture picture, SymbolParts parts, long deadlineNanos) {
    final QrReader reader = new QrReader(picture, parts, deadlineNanos);
    reader.readAll();
    return reader.chosen();
  }

  private List<String> chosen() {
    final List<String> codes = new ArrayList<>();
    for (final String text : texts) {
      if (CodeText.hasKnownPrefix(text)) {
        codes.add(text);
      }
    }
    if (codes.isEmpty() && !texts.isEmpty()) {
      codes.add(texts.iterator().next());
    }
    return codes;
  }

  private boolean hasHealthCode() {
    for (final String text : texts) {
      if (CodeText.hasKnownPrefix(text)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the picture shows a health code or a part of what may be one. */
  private boolean isFruitful() {
    return hasPart || hasHealthCode();
  }

  private boolean isOver() {
    return System.nanoTime() - deadlineNanos > 0 || texts.size() >= PictureLimits.MAX_SYMBOLS;
  }

  private void readAll() {
    int sizesLeft = Integer.MAX_VALUE;
    for (final double factor : factors()) {
      if (isOver() || sizesLeft == 0) {
        return;
      }
      look(picture, 0, 0, factor, false);
      look(picture, 0, 0, factor, true);
      if (isFruitful()) {
        sizesLeft = Math.min(sizesLeft - 1, SIZES_AFTER);
      }
    }
    if (!isFruitful()) {
      readParts();
    }
  }

  private List<Double> factors() {
    final double side = Math.sqrt((double) picture.getWidth() * picture.getHeight());
    final double first = Math.min(1, COMFORTABLE_SIDE / side);
    final List<Double> factors = new ArrayList<>();
    factors.add(first);
    if (first < 1 && side <= MAX_SCALED_SIDE) {
      factors.add(1.0);
    }
    for (final double each : FACTORS) {
      final double scaled = side * first * each;
      if (scaled >= MIN_SCALED_SIDE && scaled <= MAX_SCALED_SIDE) {
        factors.add(first * each);
      }
    }
    return factors;
  }

  /** Looks at overlapping parts, small ones enlarged: what is beside a symbol may hide it. */
  private void readParts() {
    final int width = Math.min(MAX_PART_EDGE, (picture.getWidth() + 1) / 2);
    final int height = Math.min(MAX_PART_EDGE, (picture.getHeight() + 1) / 2);
    final int columns = parts(picture.getWidth(), width);
    final int rows = parts(picture.getHeight(), height);
    final double enlarged =
        Math.max(1, Math.min(2, MAX_PART_EDGE / Math.sqrt((double) width * height)));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        final int left = place(column, columns, picture.getWidth() - width);
        final int top = place(row, rows, picture.getHeight() - height);
        final GreyPicture part = picture.part(left, top, width, height).stretched();
        look(part, left, top, enlarged, false);
        look(part, left, top, enlarged, true);
        if (isOver() || isFruitful()) {
          return;
        }
      }
    }
  }

  private static int parts(int whole, int part) {
    final int step = Math.max(1, part - Math.min(PART_OVERLAP, part / 2));
    return 1 + (whole - part + step - 1) / step;
  }

  private static int place(int index, int count, int last) {
    return count == 1 ? 0 : (int) ((long) index * last / (count - 1));
  }

  /** Reads a part of the picture, that begins at a pixel of the whole, in one size. */
  private void look(GreyPicture part, int left, int top, double factor, boolean inverted) {
    if (isOver()) {
      return;
    }
    final GreyPicture scaled = part.scaled(factor);
    final GreyPicture framed = (inverted ? scaled.inverted() : scaled).framed(FRAME_PIXELS);
    final double scale = (double) scaled.getWidth() / part.getWidth();
    final int before = texts.size();
    for (int i = 0; i < 2 && !isOver(); i++) {
      final Binarizer threshold =
          i == 0 ? new HybridBinarizer(framed) : new GlobalHistogramBinarizer(framed);
      readSymbols(threshold, framed, left, top, scale);
    }
    if (texts.size() == before && !isOver()) {
      readAlone(framed);
    }
  }

  private void readSymbols(
      Binarizer threshold, GreyPicture framed, int left, int top, double scale) {
    final BitMatrix modules;
    try {
      modules = threshold.getBlackMatrix();
    } catch (NotFoundException e) {
      return;
    }
    final SymbolSampler sampler = new SymbolSampler(modules, decoder);
    final Set<Object> used = new LinkedHashSet<>();
    for (final FinderPatterns.Triple triple : new FinderPatterns(modules).triples()) {
      if (isOver()) {
        return;
      }
      if (used.contains(triple.first())
          || used.contains(triple.second())
          || used.contains(triple.third())) {
        continue;
      }
      final SymbolSampler.Symbol symbol = sampler.symbol(triple.ordered());
      if (symbol != null) {
        used.add(triple.first());
        used.add(triple.second());
        used.add(triple.third());
        final DecoderResult message = symbol.message();
        if (message.hasStructuredAppend()) {
          takePart(
              message.getText(),
              message.getStructuredAppendSequenceNumber(),
              message.getStructuredAppendParity());
        } else {
          texts.add(CodeText.of(message.getText()));
        }
        framed.blank(symbol.xs(), symbol.ys());
        final double[] xs = symbol.xs();
        final double[] ys = symbol.ys();
        for (int i = 0; i < xs.length; i++) {
          xs[i] = (xs[i] - FRAME_PIXELS) / scale + left;
          ys[i] = (ys[i] - FRAME_PIXELS) / scale + top;
        }
        picture.blank(xs, ys);
      }
    }
  }

  /** Reads a symbol with nothing beside it, and an Aztec symbol in the middle. */
  private void readAlone(GreyPicture framed) {
    Result result = result(new HybridBinarizer(framed), true);
    if (result == null) {
      result = result(new GlobalHistogramBinarizer(framed), true);
    }
    if (result == null) {
      result = result(new HybridBinarizer(framed), false);
    }
    if (result == null) {
      return;
    }
    final Map<ResultMetadataType, Object> more = result.getResultMetadata();
    if (more != null
        && more.get(ResultMetadataType.STRUCTURED_APPEND_SEQUENCE) instanceof Integer sequence
        && more.get(ResultMetadataType.STRUCTURED_APPEND_PARITY) instanceof Integer parity) {
      takePart(result.getText(), sequence, parity);
    } else {
      texts.add(CodeText.of(result.getText()));
    }
  }

  /** A part by itself is no code, though it may open as one. */
  private void takePart(String text, int sequence, int parity) {
    hasPart = true;
    final String whole = parts.take(text, sequence, parity);
    if (whole != null) {
      texts.add(CodeText.of(whole));
    }
  }

  private static Result result(Binarizer threshold, boolean qr) {
    try {
      final BinaryBitmap bitmap = new BinaryBitmap(threshold);
      return qr ? new QRCodeReader().decode(bitmap, AS_DRAWN) : new AztecReader().decode(bitmap);
    } catch (ReaderException e) {
      return null;
    }
  }
}
