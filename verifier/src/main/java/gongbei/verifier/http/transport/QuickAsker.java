package gongbei.verifier.http.transport;

import gongbei.verifier.server.ReplyQueue;

/**
 * Whose request workers do beside others: a connection, or one stream of it. For its event loop.
 */
interface QuickAsker {
  /**
   * Takes an answer in, which it gives back to its places once it is written.
   *
   * @return whether it is the first on its connection since the last flush
   */
  boolean takeVerdict(PendingAnswer done);

  /** The connection that the answer is written to. */
  ReplyQueue.Flushable connection();
}
