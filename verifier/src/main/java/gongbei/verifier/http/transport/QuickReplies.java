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
  private final ScanRequest scan = new ScanRequest();
  private final DisplayRequest display = new DisplayRequest();

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

  CodeFormat mintedFormat() {
    return mintedFormat;
  }

  /**
   * Has a request's work done.
   *
   * @param asker takes the answer, later on this event loop
   * @param languages that the asker prefers, as in Accept-Language; may be empty
   * @param json the body, and what lies behind it
   * @return where the answer comes to, or has come to already where the node is at its limit; null
   *     where the request is other than the commonest, or there is no place: nothing was done then
   */
  PendingAnswer begin(
      QuickAsker asker,
      QuickWork quick,
      Admission admitted,
      String languages,
      byte[] json,
      int length) {
    final boolean isDisplay = quick == QuickWork.DISPLAY;
    if (isDisplay ? minting.isEmpty() || !display.read(json, length) : !scan.read(json, length)) {
      return null;
    }
    final Ruleset ruleset = isDisplay ? null : rulesetOf(scan);
    final PendingAnswer taken = isDisplay || ruleset != null ? takePlace() : null;
    if (taken == null) {
      return null;
    }
    final PendingAnswer pending = taken.begin(asker, admitted.rate());
    if (!(isDisplay ? submit(display, pending) : submit(scan, languages, ruleset, pending))) {
      pending.shed();
    }
    return pending;
  }

  /** Hands a scan to the workers; false where the node is at its limit. */
  private boolean submit(
      ScanRequest request, String languages, Ruleset ruleset, PendingAnswer pending) {
    final long sequence = admission.claim();
    if (sequence == ScanAdmission.SHED) {
      return false;
    }
    final byte[] json = request.body();
    try {
      admission
          .scan(sequence)
          .text(json, request.codeStart(), request.codeLength())
          .ruleset(ruleset)
          .place(json, request.checkpointStart(), request.checkpointLength())
          .atEpochSeconds(Scan.NOW)
          .languages(languages)
          .correlationId(pending.id())
          .connectionId(pending.id())
          .listener(this);
    } finally {
      admission.publish(sequence);
    }
    return true;
  }

  /** Has a code minted for a screen; false where the node is at its limit. */
  private boolean submit(DisplayRequest request, PendingAnswer pending) {
    return minting
        .orElseThrow()
        .mint(request.subject(), CodeKind.PERSON, request.ttlSeconds(), pending);
  }

  /** Carries the answer of a display back. For its worker. */
  void answered(PendingAnswer place) {
    push(place);
  }

  /** The ruleset of a scan's checkpoint, or null where it is of no kind that has one. */
  private Ruleset rulesetOf(ScanRequest request) {
    return rulesets
        .current()
        .find(request.body(), request.checkpointStart(), request.checkpointLength());
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
    final QuickAsker asker = place.asker();
    final Flushable connection = asker.connection();
    return asker.takeVerdict(place) ? connection : NOTHING;
  }
}
