package gongbei.verifier.protocol;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.MutableDirectBuffer;

/**
 * The part of {@link MutableDirectBuffer} that no generated encoder or decoder calls: every method
 * throws {@link UnsupportedOperationException}.
 */
abstract class CodecBuffer implements MutableDirectBuffer {
  private static UnsupportedOperationException unused() {
    return new UnsupportedOperationException("no generated codec calls this");
  }

  @Override
  public void wrap(long p0, int p1) {
    throw unused();
  }

  @Override
  public long addressOffset() {
    throw unused();
  }

  @Override
  public int parseNaturalIntAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public long parseNaturalLongAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public int parseIntAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public long parseLongAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public void getBytes(int p0, ByteBuffer p1, int p2) {
    throw unused();
  }

  @Override
  public void getBytes(int p0, ByteBuffer p1, int p2, int p3) {
    throw unused();
  }

  @Override
  public String getStringAscii(int p0) {
    throw unused();
  }

  @Override
  public int getStringAscii(int p0, Appendable p1) {
    throw unused();
  }

  @Override
  public String getStringAscii(int p0, ByteOrder p1) {
    throw unused();
  }

  @Override
  public int getStringAscii(int p0, Appendable p1, ByteOrder p2) {
    throw unused();
  }

  @Override
  public String getStringAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public int getStringAscii(int p0, int p1, Appendable p2) {
    throw unused();
  }

  @Override
  public String getStringUtf8(int p0) {
    throw unused();
  }

  @Override
  public String getStringUtf8(int p0, ByteOrder p1) {
    throw unused();
  }

  @Override
  public String getStringUtf8(int p0, int p1) {
    throw unused();
  }

  @Override
  public int putIntAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public int putNaturalIntAscii(int p0, int p1) {
    throw unused();
  }

  @Override
  public void putNaturalPaddedIntAscii(int p0, int p1, int p2) {
    throw unused();
  }

  @Override
  public int putNaturalIntAsciiFromEnd(int p0, int p1) {
    throw unused();
  }

  @Override
  public int putNaturalLongAscii(int p0, long p1) {
    throw unused();
  }

  @Override
  public int putLongAscii(int p0, long p1) {
    throw unused();
  }

  @Override
  public void putBytes(int p0, ByteBuffer p1, int p2) {
    throw unused();
  }

  @Override
  public void putBytes(int p0, ByteBuffer p1, int p2, int p3) {
    throw unused();
  }

  @Override
  public int putStringAscii(int p0, String p1) {
    throw unused();
  }

  @Override
  public int putStringAscii(int p0, CharSequence p1) {
    throw unused();
  }

  @Override
  public int putStringAscii(int p0, String p1, ByteOrder p2) {
    throw unused();
  }

  @Override
  public int putStringAscii(int p0, CharSequence p1, ByteOrder p2) {
    throw unused();
  }

  @Override
  public int putStringUtf8(int p0, String p1) {
    throw unused();
  }

  @Override
  public int putStringUtf8(int p0, String p1, ByteOrder p2) {
    throw unused();
  }

  @Override
  public int putStringUtf8(int p0, String p1, int p2) {
    throw unused();
  }

  @Override
  public int putStringUtf8(int p0, String p1, ByteOrder p2, int p3) {
    throw unused();
  }
}
