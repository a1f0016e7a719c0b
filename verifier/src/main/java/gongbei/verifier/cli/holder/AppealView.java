package gongbei.verifier.cli.holder;

/**
 * An appeal as a node shows it.
 *
 * @param due by when it is to be decided
 * @param authority whose change it is against; null where nobody signed it
 * @param ground of that change; null where it had none
 * @param refusal why it was refused; null of one that was not
 * @param decided when; null of an open one
 * @param decidedBy whose decision it was; null of an open one
 */
public record AppealView(
    long appeal,
    String state,
    boolean overdue,
    String due,
    String reason,
    String subject,
    String authority,
    String ground,
    String refusal,
    String decided,
    String decidedBy) {
  /** Returns one line: number, state, deadline, reasons, whose change, whose colour. */
  public String line() {
    final StringBuilder line =
        new StringBuilder().append(appeal).append(' ').append(overdue ? "overdue" : state);
    append(line, "due", due);
    append(line, "reason", reason);
    append(line, "subject", subject);
    append(line, "authority", authority);
    append(line, "ground", ground);
    append(line, "refusal", refusal);
    append(line, "decided", decided);
    append(line, "decidedBy", decidedBy);
    return line.toString();
  }

  private static void append(StringBuilder line, String name, String value) {
    if (value != null) {
      line.append("  ").append(name).append(' ').append(value);
    }
  }
}
