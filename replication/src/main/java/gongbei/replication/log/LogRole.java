package gongbei.replication.log;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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

  /** The role of a name in JSON; empty where it is none. */
  public static Optional<LogRole> ofWireName(String name) {
    return Arrays.stream(values()).filter(each -> each.wireName.equals(name)).findFirst();
  }

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
