package gongbei.replication.machine;

import gongbei.codec.model.Colour;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.ground.Ground;
import gongbei.replication.ground.GroundTable;
import gongbei.replication.map.StatusRecord;

/**
 * Decides by the table of grounds whether a change of status may be made, before anything of it is,
 * and when the colour ends that it sets. By the log's time and the replicated state alone, so that
 * every node decides the same. For the applier's thread; allocates nothing.
 */
final class GroundRules {
  private static final int SECONDS_PER_MINUTE = 60;

  private final Documents documents;
  private final Ceilings ceilings;
  private GroundTable table = GroundTable.DEFAULT;
  private Ground ground;
  private int protocol;
  private int nowMinutes;
  private int untilEpochMinutes;

  /**
   * @param documents holds the table
   * @param ceilings what is counted
   */
  GroundRules(Documents documents, Ceilings ceilings) {
    this.documents = documents;
    this.ceilings = ceilings;
  }

  /**
   * Begins a message.
   *
   * @param messageProtocol the version of the protocol that it is of
   * @param logEpochSeconds the log's time; 0 where it is not known: then no end is given, and none
   *     is too far
   */
  void begin(int messageProtocol, long logEpochSeconds) {
    protocol = messageProtocol;
    table = documents.grounds();
    if (table.revision() == 0 && !isOfToday()) {
      table = GroundTable.OF_VERSION_7;
    }
    nowMinutes =
        (int) Math.min(StatusRecord.MAX_UNTIL_EPOCH_MINUTES, logEpochSeconds / SECONDS_PER_MINUTE);
  }

  private boolean isOfToday() {
    return protocol >= ReplicatedState.RESTRICTION_PROTOCOL;
  }

  /** The ground of a change of some kind that states none. */
  static int defaultOf(int kind) {
    return switch (kind) {
      case CommandKind.SET_TEST_RESULT -> GroundTable.LAB_RESULT;
      case CommandKind.VISIT -> GroundTable.TRANSLATION;
      default -> GroundTable.REGISTRY;
    };
  }

  /**
   * Decides whether a change may be made, as far as it and its origin tell.
   *
   * @return why not; null where it may
   */
  Outcome refusal(HistoryChange change, Asked asked) {
    ground = table.find(change.ground());
    if (ground == null) {
      return Outcome.GROUND_UNKNOWN;
    }
    if (!isFor(change, asked) || (isOfToday() && isOfVisits() != asked.isOfVisit())) {
      return Outcome.GROUND_NOT_YOURS;
    }
    if (ground.signers().wantsSecond() && !isSignedTwice(change)) {
      return Outcome.SECOND_SIGNATURE_MISSING;
    }
    return isOfToday() && isRevokedTooFar(asked) ? Outcome.UNTIL_TOO_FAR : refusalOfEnd(asked);
  }

  /** What codes of the other region say goes by that ground, and nothing else does. */
  private boolean isOfVisits() {
    return ground.number() == GroundTable.TRANSLATION;
  }

  /** A revocation stops its holder until its second: for no longer than a colour could. */
  private boolean isRevokedTooFar(Asked asked) {
    final long longest = Math.max(1, ground.term().longestMinutes());
    return nowMinutes != 0 && asked.revokedBefore() > (nowMinutes + longest) * SECONDS_PER_MINUTE;
  }

  private boolean isFor(HistoryChange change, Asked asked) {
    final boolean isForSigners =
        ground.signers().allows(change.authority())
            && (!ground.signers().wantsSecond()
                || change.secondAuthority() == 0
                || ground.signers().allows(change.secondAuthority()));
    return isForSigners
        && (!asked.isAsked() || ground.sets(Colour.ofNumber(asked.colour())))
        && (asked.next() == StatusRecord.GREEN || ground.sets(Colour.ofNumber(asked.next())));
  }

  private static boolean isSignedTwice(HistoryChange change) {
    return change.authority() != 0
        && change.secondAuthority() != 0
        && change.secondAuthority() != change.authority();
  }

  private Outcome refusalOfEnd(Asked asked) {
    untilEpochMinutes = 0;
    if (asked.colour() == StatusRecord.GREEN) {
      return null;
    }
    final int after = asked.next() == StatusRecord.GREEN ? 0 : StatusRecord.NEXT_MINUTES;
    final int longest = ground.term().longestMinutes() - after;
    if (asked.until() == 0 && !ground.term().fills()) {
      return Outcome.UNTIL_MISSING;
    }
    if (longest < 1 || (nowMinutes != 0 && asked.until() > (long) nowMinutes + longest)) {
      return Outcome.UNTIL_TOO_FAR;
    }
    if (asked.until() != 0 && asked.until() <= nowMinutes) {
      return Outcome.INVALID;
    }
    untilEpochMinutes =
        asked.until() == 0 && nowMinutes != 0
            ? (int) Math.min(StatusRecord.MAX_UNTIL_EPOCH_MINUTES, (long) nowMinutes + longest)
            : asked.until();
    return null;
  }

  /** When the colour ends that was asked for, in minutes since 1970; 0 where it has no end. */
  int untilEpochMinutes() {
    return untilEpochMinutes;
  }

  /**
   * Whether a change stops the holder: see {@link Restriction}. In logs before version 8 of the
   * protocol only a colour does.
   *
   * @param inForce what the holder had at the log's time
   */
  boolean restricts(HistoryChange change, StatusRecord inForce) {
    return isOfToday()
        ? Restriction.isOne(inForce, change.after())
        : Restriction.isColour(inForce, change.after());
  }

  /**
   * Whether a change that stops the holder, or says yellow or red of them once more, lacks the test
   * that its ground needs.
   *
   * @param inForce what the holder had at the log's time
   */
  boolean isTestMissing(HistoryChange change, StatusRecord inForce) {
    return ground.term().needs() == Ground.Evidence.POSITIVE_TEST
        && change.after().result() != StatusRecord.RESULT_POSITIVE
        && inForce.result() != StatusRecord.RESULT_POSITIVE;
  }

  /** Whether a change that stops the holder counts towards the ceilings of its ground. */
  boolean counts(HistoryChange change) {
    return !ground.ceiling().isNone() && (change.wasKnown() || ground.ceiling().countsFirst());
  }

  /**
   * Moves the ceilings on to the log's time.
   *
   * @return by how much the digest changes
   */
  long advance() {
    return ceilings.advance(nowMinutes);
  }

  /** Whether the change's authority may stop no other holder on its ground. */
  boolean isCeilingReached(HistoryChange change) {
    return ceilings.isReached(change.authority(), ground);
  }

  /**
   * Counts a change.
   *
   * @return by how much the digest changes
   */
  long count(HistoryChange change) {
    return ceilings.count(change.authority(), ground.number());
  }

  /** What a change asks for: a flyweight. */
  static final class Asked {
    private boolean isAsked;
    private int colour;
    private int next;
    private int until;
    private long revokedBefore;
    private boolean isOfVisit;

    /** Asks for no colour. */
    Asked nothing() {
      return of(false, StatusRecord.GREEN, StatusRecord.GREEN, 0);
    }

    /**
     * Asks for no colour, and for codes to be revoked.
     *
     * @param epochSeconds the second before which they are issued
     */
    Asked revocation(long epochSeconds) {
      nothing();
      revokedBefore = epochSeconds;
      return this;
    }

    /** Asks for the colour that a code of the other region says. */
    Asked visit(int of) {
      colour(of);
      isOfVisit = true;
      return this;
    }

    /** Asks for a colour, and says nothing of its end. */
    Asked colour(int of) {
      return of(true, of, StatusRecord.GREEN, 0);
    }

    /**
     * Asks for a colour until a minute, and what follows.
     *
     * @param end in minutes since 1970; 0 where that is not said
     */
    Asked colour(int of, int following, int end) {
      return of(true, of, following, end);
    }

    private Asked of(boolean asked, int of, int following, int end) {
      isAsked = asked;
      colour = of;
      next = following;
      until = end;
      revokedBefore = 0;
      isOfVisit = false;
      return this;
    }

    long revokedBefore() {
      return revokedBefore;
    }

    boolean isOfVisit() {
      return isOfVisit;
    }

    boolean isAsked() {
      return isAsked;
    }

    int colour() {
      return colour;
    }

    int next() {
      return next;
    }

    int until() {
      return until;
    }
  }
}
