/**
 * How a code becomes a verdict: a batch of scans is decoded, its signatures are verified, its
 * holders are looked up, and the rules are applied. It knows codec, the status map and the rules,
 * no server. Start reading at {@link gongbei.verifier.scan.ScanEvaluator}; {@link
 * gongbei.verifier.scan.ScanPipeline} is the ring that feeds it.
 */
package gongbei.verifier.scan;
