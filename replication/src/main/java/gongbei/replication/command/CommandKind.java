package gongbei.replication.command;

/** The byte that says in a message of the log what a command is. */
public final class CommandKind {
  public static final int SET_STATUS = 1;
  public static final int SET_TEST_RESULT = 2;
  public static final int REVOKE = 3;
  public static final int LINK = 4;
  static final int GROUP = 5;
  public static final int RULESET = 6;
  public static final int VISIT = 7;
  public static final int NONCE = 8;
  public static final int GROUNDS = 9;
  public static final int APPEAL = 10;
  public static final int NATIONAL_RULES = 11;
  public static final int MINTING = 12;
  public static final int REVOCATIONS = 13;
  public static final int GUARDIAN = 14;

  private CommandKind() {}
}
