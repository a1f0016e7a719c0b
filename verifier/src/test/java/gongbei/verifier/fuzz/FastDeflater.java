package gongbei.verifier.fuzz;

import java.util.Arrays;
import java.util.zip.Deflater;

/** Packs one input after the other with one deflater, which holds 260 kB outside the heap. */
final class FastDeflater {
  private final Deflater deflater;
  private byte[] into = new byte[1_024];

  /**
   * @param isRaw without the header and the checksum of zlib
   */
  FastDeflater(boolean isRaw) {
    deflater = new Deflater(Deflater.BEST_SPEED, isRaw);
  }

  byte[] deflate(byte[] input) {
    deflater.reset();
    deflater.setInput(input);
    deflater.finish();
    int length = 0;
    while (!deflater.finished()) {
      if (length == into.length) {
        into = Arrays.copyOf(into, 2 * length);
      }
      length += deflater.deflate(into, length, into.length - length);
    }
    return Arrays.copyOf(into, length);
  }
}
