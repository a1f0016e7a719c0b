package gongbei.replication.cluster;

import gongbei.replication.machine.ReplicatedState;
import java.io.IOException;

/**
 * Closes a member's parts and opens them again, as a restart would. The state stays where all that
 * was recorded is applied to it, and is made anew from snapshot and log where a change was applied
 * in part or is no longer in the log. For the watch's thread.
 */
final class Reopening {
  private final ReplicatedState state;
  private final MemberParts parts;
  private final MemberHealth health;
  private final Freshness freshness;

  Reopening(ReplicatedState state, MemberParts parts, MemberHealth health, Freshness freshness) {
    this.state = state;
    this.parts = parts;
    this.health = health;
    this.freshness = freshness;
  }

  /**
   * Closes and opens.
   *
   * @throws IOException where they can't be opened
   */
  void run() throws IOException {
    final boolean isSound;
    health.rebuilding(true);
    try {
      parts.close();
      // Only now nothing is applied any more.
      isSound = parts.isSound();
      if (!isSound) {
        freshness.beginRebuild();
        state.reset();
      }
      health.recovered();
    } finally {
      health.rebuilding(false);
    }
    parts.open(isSound);
  }
}
