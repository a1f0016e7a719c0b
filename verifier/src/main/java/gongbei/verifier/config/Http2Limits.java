package gongbei.verifier.config;

/** The bounds of an HTTP/2 connection; those that it shares with HTTP/1.1 are in {@link Limits}. */
public final class Http2Limits {
  /** The most streams of one HTTP/2 connection that are open at a time. */
  public static final int MAX_STREAMS = 256;

  /** What a client may send of all streams of an HTTP/2 connection before it is read, in bytes. */
  public static final int WINDOW_BYTES = 1 << 20;

  /** What a client may send of one HTTP/2 stream before it is read, in bytes. */
  public static final int STREAM_WINDOW_BYTES = 64 * 1024;

  /** The entries that a client's header fields may refer to (HPACK), in bytes; so the node's. */
  public static final int HEADER_TABLE_BYTES = 4_096;

  /** The most CONTINUATION frames of one header over HTTP/2, which fits one frame. */
  public static final int MAX_CONTINUATIONS = 8;

  /** The most DATA frames without data that follow one another on an HTTP/2 connection. */
  public static final int MAX_EMPTY_FRAMES = 8;

  /** Over what time frames of an HTTP/2 connection are counted that ask for nothing, in seconds. */
  public static final int COUNT_SECONDS = 30;

  /** The most streams that a client of HTTP/2 resets in that time (CVE-2023-44487). */
  public static final int MAX_RESETS = 200;

  /** The most streams that a client of HTTP/2 has the node reset in that time (CVE-2025-8671). */
  public static final int MAX_FAULTS = 200;

  /** The most PING frames of an HTTP/2 connection in that time. */
  public static final int MAX_PINGS = 1_000;

  /** The most SETTINGS frames of an HTTP/2 connection in that time. */
  public static final int MAX_SETTINGS = 100;

  /**
   * The most other frames of an HTTP/2 connection in that time that are no request's: window
   * updates, priorities and unknown ones; besides, each request and each KiB of an answer lets in
   * {@link #FRAMES_A_REQUEST}.
   */
  public static final int MAX_OTHER_FRAMES = 1_000;

  /** The frames besides its own that go with a request over HTTP/2, or with a KiB of an answer. */
  public static final int FRAMES_A_REQUEST = 4;

  /** The most frames that an HTTP/2 connection is owed in answer to frames, and does not take. */
  public static final int MAX_FRAMES_QUEUED = 1_000;

  /** The most bytes of answers that a client of HTTP/2 has asked for and does not take. */
  public static final int MAX_UNTAKEN_BYTES = 1 << 20;

  private Http2Limits() {}
}
