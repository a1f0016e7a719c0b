package gongbei.verifier.audit;

/** What an audit log keeps a line of. */
public sealed interface AuditEntry permits Receipt, LookupRecord {
  /**
   * The line, a JSON object.
   *
   * @param number its place in the log
   * @param previous SM3 of the line before it
   */
  String line(long number, byte[] previous, long atEpochSeconds);
}
