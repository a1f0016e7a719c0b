package gongbei.replication.log;

/** Commands of a client that were not applied because their numbers are not the ones due. */
public final class SequenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Reason reason;
  private final long nextSequence;

  /** Why. */
  public enum Reason {
    /** They were applied by an earlier sending; what became of each is no longer known. */
    FORGOTTEN,
    /** Others are due first, or the same ones cut another way. */
    OUT_OF_ORDER,
    /** The client is not known, and its first command is not number 1. */
    UNKNOWN_CLIENT
  }

  public SequenceException(Reason reason, long nextSequence) {
    super(
        switch (reason) {
          case FORGOTTEN -> "applied before, but what became of each is no longer known";
          case OUT_OF_ORDER -> "the sequence that is due is " + nextSequence;
          case UNKNOWN_CLIENT -> "the client is not known: its sequence starts at 1";
        });
    this.reason = reason;
    this.nextSequence = nextSequence;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** The number of the client's command that is due next. */
  public long nextSequence() {
    return nextSequence;
  }
}
