package gongbei.replication.log;

/** The log has more commands waiting than it takes; try again in a moment. */
public final class LogBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LogBusyException() {
    super("the command log is full");
  }
}
