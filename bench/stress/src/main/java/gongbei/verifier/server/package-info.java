/**
 * The tests of jcstress for the queue of replies: workers push answers at the same time, and
 * against the drain of the event loop. They may know the classes of the package whose name they
 * have, which others don't see. Start with {@code ReplyQueueStress}.
 */
package gongbei.verifier.server;
