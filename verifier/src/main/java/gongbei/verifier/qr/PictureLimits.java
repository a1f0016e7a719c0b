package gongbei.verifier.qr;

/** Bounds of what is read of a picture, in one place. */
public final class PictureLimits {
  /** The most bytes of a picture's file. */
  public static final int MAX_IMAGE_BYTES = 16 << 20;

  /** The most pixels of a picture. */
  public static final long MAX_IMAGE_PIXELS = 40_000_000;

  /** How long the symbols of one picture are looked for, in milliseconds. */
  public static final int PICTURE_MILLIS = 10_000;

  /** How long they are looked for in one picture of a camera, in milliseconds. */
  public static final int GLANCE_MILLIS = 400;

  /** The most symbols that are read in one picture. */
  public static final int MAX_SYMBOLS = 64;

  /** The most messages of several symbols that wait for missing ones at the same time. */
  public static final int MAX_MESSAGES = 4;

  /** The most pages of a PDF that are looked at, from its first on. */
  public static final int MAX_PDF_PAGES = 4;

  /** How many dots to the inch a page is drawn with, where that makes no more than the pixels. */
  public static final int PDF_DPI = 200;

  private PictureLimits() {}
}
