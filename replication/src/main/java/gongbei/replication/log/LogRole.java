package gongbei.replication.log;

import java.util.Locale;

/** What a node is in its log. */
public enum LogRole {
  /** Orders commands alone. */
  SINGLE,
  /** Leads the cluster. */
  LEADER,
  /** Follows the cluster's leader. */
  FOLLOWER,
  /** A member that looks for its cluster, or votes. */
  CANDIDATE,
  /** Follows the feed of members. */
  REPLICA,
  /** Applies nothing more. */
  FAILED;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** Its name in JSON and metrics. */
  public String wireName() {
    return wireName;
  }

  /** As in JSON, for log lines. */
  @Override
  public String toString() {
    return wireName;
  }
}
