package gongbei.verifier.client;

import gongbei.verifier.protocol.GoodbyeCode;
import gongbei.verifier.protocol.RejectionCode;
import gongbei.verifier.protocol.TranslationFaultCode;

/** Why a scan has no verdict, or a code no translation. */
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

  /** The scan can't be evaluated. */
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

  /** The code is not translated. */
  public static final class NotTranslated extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final TranslationFaultCode fault;
    private final String field;

    NotTranslated(TranslationFaultCode fault, String field) {
      super("not translated: " + fault + (field.isEmpty() ? "" : " (" + field + ")"));
      this.fault = fault;
      this.field = field;
    }

    /** Why. */
    public TranslationFaultCode fault() {
      return fault;
    }

    /** The field at fault, empty where none is. */
    public String field() {
      return field;
    }
  }

  /** The server has not answered in time; it may have evaluated the code all the same. */
  public static final class Unanswered extends DeviceException {
    private static final long serialVersionUID = 1L;

    Unanswered(int answerMillis) {
      super("no answer within " + answerMillis + " ms");
    }
  }

  /** The connection is gone; what was asked has no answer and will have none. */
  public static final class Disconnected extends DeviceException {
    private static final long serialVersionUID = 1L;

    private final GoodbyeCode goodbye;

    Disconnected(GoodbyeCode goodbye, String message) {
      super(message);
      this.goodbye = goodbye;
    }

    /** Says that the client was closed. */
    static Disconnected closed() {
      return new Disconnected(GoodbyeCode.NORMAL, "closed");
    }

    /** What the server said last, or null where it said nothing. */
    public GoodbyeCode goodbye() {
      return goodbye;
    }

    /** Whether connecting again would not help: the device, or its credential, is at fault. */
    public boolean isFinal() {
      return goodbye == GoodbyeCode.BAD_CREDENTIAL
          || goodbye == GoodbyeCode.REVOKED
          || goodbye == GoodbyeCode.UNSUPPORTED_PROTOCOL;
    }
  }
}
