/**
 * A ring buffer whose workers take events in batches, and the watch over those workers. It knows
 * the Disruptor and nothing of what is in the events. Start reading at {@link
 * gongbei.verifier.ring.BatchRing}.
 */
package gongbei.verifier.ring;
