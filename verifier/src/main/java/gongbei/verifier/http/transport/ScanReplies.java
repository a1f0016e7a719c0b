package gongbei.verifier.http.transport;

import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.ReplyQueue;
import gongbei.verifier.server.ScanAdmission;
import io.netty.channel.EventLoop;

/**
 * The scans of one event loop's HTTP connections that are evaluated, and their answers on their way
 * back. For its event loop, but for what workers call.
 */
public final class ScanReplies extends ReplyQueue<PendingScan> {
  private final ScanAdmission admission;
  private final RulesetStore rulesets;

  public ScanReplies(EventLoop eventLoop, ScanAdmission admission, RulesetStore rulesets) {
    super(eventLoop, new PendingScan[0], Limits.MAX_REPLIES_WAITING);
    this.admission = admission;
    this.rulesets = rulesets;
  }

  /** Takes a place for the answer of one more scan; null where there is none. */
  PendingScan take(ScanAnswers connection, RateLimit rate) {
    final PendingScan taken = takePlace();
    return taken == null ? null : taken.begin(connection, rate);
  }

  /**
   * Hands a scan to the workers.
   *
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   * @param ruleset of its checkpoint
   * @return false where the node is at its limit
   */
  boolean submit(ScanRequest request, String languages, Ruleset ruleset, PendingScan pending) {
    return admission.submit(
        request.code(),
        new ScanAdmission.Terms(ruleset, request.checkpoint(), Scan.NOW, languages),
        this,
        pending.id());
  }

  /** The ruleset of a checkpoint, or null where it is of no kind that has one. */
  Ruleset rulesetOf(String checkpoint) {
    return rulesets.current().find(checkpoint);
  }

  @Override
  protected PendingScan make(int id) {
    return new PendingScan(id);
  }

  @Override
  protected void encode(Scan scan, PendingScan place) {
    place.take(scan);
  }

  @Override
  protected Flushable deliver(PendingScan place) {
    place.done();
    final ScanAnswers asker = place.asker();
    return asker.takeVerdict(place) ? asker : NOTHING;
  }
}
