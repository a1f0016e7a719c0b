package gongbei.replication.status;

/** The byte that says in a message of the log what a command is. */
final class CommandKind {
  static final int SET_STATUS = 1;
  static final int SET_TEST_RESULT = 2;
  static final int REVOKE = 3;
  static final int LINK = 4;
  static final int GROUP = 5;
  static final int RULESET = 6;
  static final int VISIT = 7;
  static final int NONCE = 8;

  private CommandKind() {}
}
