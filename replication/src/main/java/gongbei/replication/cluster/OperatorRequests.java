package gongbei.replication.cluster;

import java.io.IOException;
import java.nio.file.Path;

/** Answers what an operator asks of a member by {@link NodeRequest}. For the watch's thread. */
final class OperatorRequests {
  private final Path directory;
  private final MemberParts parts;
  private final HandOver handOver;
  private long snapshotsBefore;
  private boolean isSnapshotAsked;

  /**
   * @param directory the member's data directory
   */
  OperatorRequests(Path directory, MemberParts parts, HandOver handOver) {
    this.directory = directory;
    this.parts = parts;
    this.handOver = handOver;
  }

  /** Returns what has this member step down. */
  HandOver handOver() {
    return handOver;
  }

  /** Looks once whether something is asked, or done that was. */
  void look() throws IOException {
    if (NodeRequest.SNAPSHOT.take(directory)) {
      snapshotsBefore = parts.snapshots();
      if (parts.housekeeper().requestSnapshot()) {
        isSnapshotAsked = true;
      } else {
        NodeRequest.SNAPSHOT.answer(directory, "refused: this member does not lead");
      }
    }
    if (isSnapshotAsked && parts.snapshots() > snapshotsBefore) {
      isSnapshotAsked = false;
      NodeRequest.SNAPSHOT.answer(directory, "done: a snapshot is taken");
    }
    if (NodeRequest.HAND_OVER.take(directory)) {
      NodeRequest.HAND_OVER.answer(directory, handOver.run());
    }
  }
}
