package gongbei.replication.log;

import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/**
 * Submissions that wait for the log. What an authority has signed or numbered has room of its own
 * and goes first: of four that are taken three are of that kind, so that what nodes write of
 * themselves, as when codes cross the border, neither stands before it nor waits for ever. Offering
 * is for any thread, the rest for the log's.
 */
public final class SubmissionQueue {
  private static final int TURNS = 4;

  private final ManyToOneConcurrentArrayQueue<Submission> ofAuthorities;
  private final ManyToOneConcurrentArrayQueue<Submission> ofNodes;
  private int turn;

  /**
   * @param capacity the most of each kind that wait
   */
  public SubmissionQueue(int capacity) {
    ofAuthorities = new ManyToOneConcurrentArrayQueue<>(capacity);
    ofNodes = new ManyToOneConcurrentArrayQueue<>(capacity);
  }

  /** Adds a submission; false where there is no room for one of its kind. */
  public boolean offer(Submission submission) {
    return (submission.isOfAuthority() ? ofAuthorities : ofNodes).offer(submission);
  }

  /** The next, or null. */
  public Submission poll() {
    turn = (turn + 1) % TURNS;
    final boolean areNodesFirst = turn == 0;
    final Submission first = (areNodesFirst ? ofNodes : ofAuthorities).poll();
    return first == null ? (areNodesFirst ? ofAuthorities : ofNodes).poll() : first;
  }

  /** Whether none waits. */
  public boolean isEmpty() {
    return ofAuthorities.isEmpty() && ofNodes.isEmpty();
  }
}
