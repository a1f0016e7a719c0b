package gongbei.verifier.http.transport;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.CodeKind;
import gongbei.verifier.config.Limits;
import gongbei.verifier.rules.Ruleset;
import gongbei.verifier.rules.RulesetStore;
import gongbei.verifier.scan.Scan;
import gongbei.verifier.server.MintAdmission;
import gongbei.verifier.server.ReplyQueue;
import gongbei.verifier.server.ScanAdmission;
import io.netty.channel.EventLoop;
import java.util.Optional;

/**
 * The scans and displays of one event loop's HTTP connections that workers do, and their answers on
 * their way back. For its event loop, but for what workers call.
 */
public final class QuickReplies extends ReplyQueue<PendingAnswer> {
  private final ScanAdmission admission;
  private final RulesetStore rulesets;
  private final Optional<MintAdmission> minting;
  private final CodeFormat mintedFormat;

  /**
   * @param minting where displays are admitted; empty where this node mints nothing
   * @param mintedFormat the format of the codes that are minted
   */
  public QuickReplies(
      EventLoop eventLoop,
      ScanAdmission admission,
      RulesetStore rulesets,
      Optional<MintAdmission> minting,
      CodeFormat mintedFormat) {
    super(eventLoop, new PendingAnswer[0], Limits.MAX_REPLIES_WAITING);
    this.admission = admission;
    this.rulesets = rulesets;
    this.minting = minting;
    this.mintedFormat = mintedFormat;
  }

  /** Whether this node mints. */
  boolean isMinting() {
    return minting.isPresent();
  }

  CodeFormat mintedFormat() {
    return mintedFormat;
  }

  /** Takes a place for one more answer; null where there is none. */
  PendingAnswer take(QuickAnswers connection, RateLimit rate) {
    final PendingAnswer taken = takePlace();
    return taken == null ? null : taken.begin(connection, rate);
  }

  /**
   * Hands a scan to the workers.
   *
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   * @param ruleset of its checkpoint
   * @return false where the node is at its limit
   */
  boolean submit(ScanRequest request, String languages, Ruleset ruleset, PendingAnswer pending) {
    return admission.submit(
        request.code(),
        new ScanAdmission.Terms(ruleset, request.checkpoint(), Scan.NOW, languages),
        this,
        pending.id());
  }

  /**
   * Has a code minted for a screen.
   *
   * @return false where the node is at its limit
   */
  boolean submit(DisplayRequest request, PendingAnswer pending) {
    return minting
        .orElseThrow()
        .mint(request.subject(), CodeKind.PERSON, request.ttlSeconds(), pending);
  }

  /** Carries the answer of a display back. For its worker. */
  void answered(PendingAnswer place) {
    push(place);
  }

  /** The ruleset of a checkpoint, or null where it is of no kind that has one. */
  Ruleset rulesetOf(String checkpoint) {
    return rulesets.current().find(checkpoint);
  }

  @Override
  protected PendingAnswer make(int id) {
    return new PendingAnswer(id, this);
  }

  @Override
  protected void encode(Scan scan, PendingAnswer place) {
    place.take(scan);
  }

  @Override
  protected Flushable deliver(PendingAnswer place) {
    place.done();
    final QuickAnswers asker = place.asker();
    return asker.takeVerdict(place) ? asker : NOTHING;
  }
}
