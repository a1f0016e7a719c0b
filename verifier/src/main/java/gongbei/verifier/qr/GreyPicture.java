package gongbei.verifier.qr;

import com.google.zxing.LuminanceSource;

/**
 * Holds the brightness of each pixel of a picture, row by row, 0 for black to 255 for white, and
 * makes other pictures of it. Pure arithmetic, so that it compiles for a JVM and for a browser.
 */
final class GreyPicture extends LuminanceSource {
  private static final int BLACK = 0;
  private static final int WHITE = 255;

  /** The share of pixels that may be darker than black or lighter than white, one in so many. */
  private static final int OUTLIERS = 200;

  private final byte[] grey;

  GreyPicture(byte[] grey, int width, int height) {
    super(width, height);
    this.grey = grey;
  }

  @Override
  public byte[] getRow(int y, byte[] row) {
    final byte[] into = row == null || row.length < getWidth() ? new byte[getWidth()] : row;
    System.arraycopy(grey, y * getWidth(), into, 0, getWidth());
    return into;
  }

  @Override
  public byte[] getMatrix() {
    return grey;
  }

  private int at(int x, int y) {
    return grey[y * getWidth() + x] & 0xFF;
  }

  /** Makes light dark and dark light. */
  GreyPicture inverted() {
    final byte[] other = new byte[grey.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = (byte) ~grey[i];
    }
    return new GreyPicture(other, getWidth(), getHeight());
  }

  /**
   * Spreads the brightness over the whole range; ZXing's local threshold takes what differs by less
   * than 24 for one colour.
   */
  GreyPicture stretched() {
    final int[] counts = new int[WHITE + 1];
    for (final byte each : grey) {
      counts[each & 0xFF]++;
    }
    final int outside = grey.length / OUTLIERS;
    int low = 0;
    for (int seen = counts[low]; seen <= outside && low < WHITE; seen += counts[low]) {
      low++;
    }
    int high = WHITE;
    for (int seen = counts[high]; seen <= outside && high > BLACK; seen += counts[high]) {
      high--;
    }
    if (high <= low || high - low == WHITE) {
      return this;
    }
    final byte[] spread = new byte[WHITE + 1];
    for (int i = 0; i <= WHITE; i++) {
      spread[i] = (byte) Math.max(BLACK, Math.min(WHITE, (i - low) * WHITE / (high - low)));
    }
    final byte[] other = new byte[grey.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = spread[grey[i] & 0xFF];
    }
    return new GreyPicture(other, getWidth(), getHeight());
  }

  /**
   * Makes all but the darkest third white: what is around a symbol without a quiet zone may be
   * grey, and is else taken for a part of it.
   */
  GreyPicture lifted() {
    final byte[] other = new byte[grey.length];
    for (int i = 0; i < other.length; i++) {
      other[i] = (byte) Math.min(WHITE, 3 * (grey[i] & 0xFF));
    }
    return new GreyPicture(other, getWidth(), getHeight());
  }

  /** Gives the picture a light edge: a code may begin at the first pixel. */
  GreyPicture framed(int pixels) {
    final int width = getWidth() + 2 * pixels;
    final int height = getHeight() + 2 * pixels;
    final byte[] other = new byte[width * height];
    for (int i = 0; i < other.length; i++) {
      other[i] = (byte) WHITE;
    }
    for (int y = 0; y < getHeight(); y++) {
      System.arraycopy(grey, y * getWidth(), other, (y + pixels) * width + pixels, getWidth());
    }
    return new GreyPicture(other, width, height);
  }

  /** Cuts a part out. */
  GreyPicture part(int left, int top, int width, int height) {
    final byte[] other = new byte[width * height];
    for (int y = 0; y < height; y++) {
      System.arraycopy(grey, (top + y) * getWidth() + left, other, y * width, width);
    }
    return new GreyPicture(other, width, height);
  }

  /** Scales by areas where it shrinks and by bilinear interpolation where it grows. */
  GreyPicture scaled(double factor) {
    final int width = Math.max(1, (int) Math.round(getWidth() * factor));
    final int height = Math.max(1, (int) Math.round(getHeight() * factor));
    if (width == getWidth() && height == getHeight()) {
      return this;
    }
    final byte[] other = new byte[width * height];
    if (factor < 1) {
      shrink(other, width, height);
    } else {
      grow(other, width, height);
    }
    return new GreyPicture(other, width, height);
  }

  private void shrink(byte[] other, int width, int height) {
    final double stepX = (double) getWidth() / width;
    final double stepY = (double) getHeight() / height;
    for (int y = 0; y < height; y++) {
      final int top = (int) (y * stepY);
      final int bottom = Math.min(getHeight(), Math.max(top + 1, (int) ((y + 1) * stepY)));
      for (int x = 0; x < width; x++) {
        final int left = (int) (x * stepX);
        final int right = Math.min(getWidth(), Math.max(left + 1, (int) ((x + 1) * stepX)));
        int sum = 0;
        for (int v = top; v < bottom; v++) {
          for (int u = left; u < right; u++) {
            sum += at(u, v);
          }
        }
        other[y * width + x] = (byte) (sum / ((bottom - top) * (right - left)));
      }
    }
  }

  private void grow(byte[] other, int width, int height) {
    final double stepX = (double) getWidth() / width;
    final double stepY = (double) getHeight() / height;
    for (int y = 0; y < height; y++) {
      final double v = Math.max(0, Math.min(getHeight() - 1, (y + 0.5) * stepY - 0.5));
      final int top = (int) v;
      final int bottom = Math.min(getHeight() - 1, top + 1);
      final double down = v - top;
      for (int x = 0; x < width; x++) {
        final double u = Math.max(0, Math.min(getWidth() - 1, (x + 0.5) * stepX - 0.5));
        final int left = (int) u;
        final int right = Math.min(getWidth() - 1, left + 1);
        final double along = u - left;
        final double above = at(left, top) * (1 - along) + at(right, top) * along;
        final double below = at(left, bottom) * (1 - along) + at(right, bottom) * along;
        other[y * width + x] = (byte) (int) (above * (1 - down) + below * down + 0.5);
      }
    }
  }

  /** Paints a convex quadrilateral in this picture white; corners go round. */
  void blank(double[] xs, double[] ys) {
    double top = ys[0];
    double bottom = ys[0];
    for (final double y : ys) {
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
    }
    final int last = Math.min(getHeight() - 1, (int) Math.ceil(bottom));
    for (int y = Math.max(0, (int) top); y <= last; y++) {
      double left = Double.MAX_VALUE;
      double right = -Double.MAX_VALUE;
      for (int i = 0; i < xs.length; i++) {
        final int next = (i + 1) % xs.length;
        final double fromY = ys[i];
        final double toY = ys[next];
        if (Math.min(fromY, toY) <= y && y <= Math.max(fromY, toY)) {
          final double share = fromY == toY ? 0 : (y - fromY) / (toY - fromY);
          final double crossing = xs[i] + share * (xs[next] - xs[i]);
          left = Math.min(left, fromY == toY ? Math.min(xs[i], xs[next]) : crossing);
          right = Math.max(right, fromY == toY ? Math.max(xs[i], xs[next]) : crossing);
        }
      }
      final int end = Math.min(getWidth() - 1, (int) Math.ceil(right));
      for (int x = Math.max(0, (int) left); x <= end; x++) {
        grey[y * getWidth() + x] = (byte) WHITE;
      }
    }
  }

  /** A copy that may be painted on. */
  GreyPicture copy() {
    return part(0, 0, getWidth(), getHeight());
  }
}
