package gongbei.verifier.client;

import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.RejectionCode;

/** Why a scan has no verdict. */
public abstract sealed class DeviceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private DeviceException(String message) {
    super(message);
  }

  /** The server has shed the scan. */
  public static final class Busy extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final int retryAfterMillis;

    Busy(int retryAfterMillis) {
      super("busy: try again in " + retryAfterMillis + " ms");
      this.retryAfterMillis = retryAfterMillis;
    }

    /** How long to wait before the scan is sent again. */
    public int retryAfterMillis() {
      return retryAfterMillis;
    }
  }

  /** The scan can't be judged. */
  public static final class Rejected extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final RejectionCode rejection;

    Rejected(RejectionCode rejection) {
      super("rejected: " + rejection);
      this.rejection = rejection;
    }

    /** Why. */
    public RejectionCode rejection() {
      return rejection;
    }
  }

  /** The connection is gone. */
  public static final class Disconnected extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final GoodbyeCode goodbye;

    Disconnected(GoodbyeCode goodbye, String message) {
      super(message);
      this.goodbye = goodbye;
    }

    /** What the server said last, or null where it said nothing. */
    public GoodbyeCode goodbye() {
      return goodbye;
    }
  }
}
