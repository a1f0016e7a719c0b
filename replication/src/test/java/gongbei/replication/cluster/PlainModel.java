package gongbei.replication.cluster;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the replicated state machine is to do, written from its documentation in plain maps and
 * lists and sharing no code with it: what a simulation is compared with.
 */
final class PlainModel {
  static final int SET_STATUS = 1;
  static final int SET_TEST_RESULT = 2;
  static final int REVOKE = 3;
  static final int VISIT = 7;
  static final int LINK = 4;
  static final int RULESET = 6;
  static final int NONCE = 8;
  static final int GROUNDS = 9;
  static final int APPEAL = 10;
  static final int NATIONAL_RULES = 11;

  private static final int MAX_CLIENTS = 1_024;
  private static final int MAX_BATCHES = 64;
  private static final int WEEK = 10_080;
  private static final Origin NOBODY = new Origin(0, 0, 0, 0);

  private final Map<Subject, Holder> holders = new HashMap<>();
  private final Map<String, Sheet> sheets = new TreeMap<>();
  private final List<Known> clients = new ArrayList<>();
  private final List<Told> history = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final PlainAppeals appeals = new PlainAppeals();
  private final PlainGrounds grounds;
  private final int capacity;
  private int protocol;
  private long version;
  private long seconds;

  /**
   * @param protocol today's, or 6 or 7 until {@link #upgrade}
   */
  PlainModel(int capacity, PlainGrounds grounds, int protocol) {
    this.capacity = capacity;
    this.grounds = grounds;
    if (protocol == ReplicatedState.PROTOCOL) {
      upgrade();
    } else {
      this.protocol = protocol;
    }
  }

  /** Whether the log knows grounds and ends. */
  private boolean isGrounded() {
    return protocol >= 7;
  }

  /** Whether whatever stops a holder counts. */
  private boolean isOfToday() {
    return protocol >= 8;
  }

  /** Who answers for a change, and for which version of its holder it is; 0 for any. */
  record Origin(long authority, int ground, long second, long ifVersion) {}

  /** What the history is to hold of a version; its subject is null for a document. */
  record Told(
      long version,
      int kind,
      Outcome outcome,
      Subject subject,
      Holder before,
      Holder after,
      Origin origin,
      long seconds) {}

  /** That an authority has turned a holder on a ground. */
  private record Turn(long authority, int ground, long minute) {}

  void upgrade() {
    protocol = ReplicatedState.PROTOCOL;
    grounds.upgrade();
  }

  /** Sets the log's time of the messages that follow. */
  void at(long epochSeconds) {
    seconds = epochSeconds;
  }

  /** The appeals. */
  PlainAppeals appeals() {
    return appeals;
  }

  /** What every version changed, in order. */
  List<Told> history() {
    return history;
  }

  /** A holder's status. */
  record Holder(
      int colour,
      int until,
      int next,
      int result,
      int sample,
      int doses,
      int lastDose,
      int flags,
      long revokedBefore,
      long source,
      long version) {
    /** The same with other terms of colour. */
    private Holder with(int newColour, int newUntil, int newNext) {
      return new Holder(
          newColour,
          newUntil,
          newNext,
          result,
          sample,
          doses,
          lastDose,
          flags,
          revokedBefore,
          source,
          version);
    }

    /** As it is at a minute: what is past its end is what follows. */
    Holder at(long minute) {
      if (until == 0 || minute < until) {
        return this;
      }
      return next != 0 && minute < until + WEEK ? with(next, until + WEEK, 0) : with(0, 0, 0);
    }

    /** The same with a test that has ended. */
    private Holder untested() {
      return new Holder(
          colour, until, next, 0, sample, doses, lastDose, flags, revokedBefore, source, version);
    }

    /** The minute from which on they are green again. */
    private long greenFrom() {
      if (colour == 0) {
        return 0;
      }
      return until == 0 ? Long.MAX_VALUE : until + (next == 0 ? 0L : WEEK);
    }
  }

  /** What stands beside the holders under one name. */
  record Sheet(long revision, String content) {}

  /** A command as it stands in a message, in range or not. */
  record Ask(
      int kind,
      Subject subject,
      int colour,
      int result,
      int sample,
      int doses,
      int lastDose,
      int flags,
      long at,
      int next,
      Origin origin) {}

  /** How a message was answered. */
  enum Verdict {
    DONE,
    FORGOTTEN,
    OUT_OF_ORDER,
    UNKNOWN_CLIENT,
    UNREADABLE
  }

  /**
   * An answer.
   *
   * @param firstVersion of the message's commands, where it is done
   * @param next the sequence that is due, where the client is known
   * @param isNew whether the message was applied now
   */
  record Answer(
      Verdict verdict, long firstVersion, long next, List<Outcome> outcomes, boolean isNew) {}

  private static final class Known {
    private final long id;
    private final List<Done> done = new ArrayList<>();
    private long last;

    private Known(long id) {
      this.id = id;
    }
  }

  private record Done(long first, int count, long firstVersion, List<Outcome> outcomes) {}

  long version() {
    return version;
  }

  Map<Subject, Holder> holders() {
    return holders;
  }

  Map<String, Sheet> sheets() {
    return sheets;
  }

  /** Applies a batch of commands. */
  Answer batch(long clientId, long first, List<Ask> asks) {
    final Answer refusal = refusal(clientId, first, asks.size());
    if (refusal != null) {
      return refusal;
    }
    final long firstVersion = version + 1;
    final List<Outcome> outcomes = new ArrayList<>();
    for (final Ask ask : asks) {
      version++;
      final Holder before = holders.get(ask.subject());
      final Outcome outcome = apply(ask);
      outcomes.add(outcome);
      if (outcome == Outcome.APPLIED && ask.kind() == SET_STATUS) {
        grant(ask, before);
      }
      history.add(
          new Told(
              version,
              ask.kind(),
              outcome,
              ask.subject(),
              before,
              holders.get(ask.subject()),
              counting(ask),
              seconds));
    }
    return done(clientId, first, asks.size(), firstVersion, outcomes);
  }

  /** A colour that is put right grants the appeals against it. */
  private void grant(Ask ask, Holder before) {
    final Origin origin = counting(ask);
    final int colour = holders.get(ask.subject()).colour();
    final boolean isBetter = colour == 0 || (before != null && colour < before.colour());
    if ((origin.ground() == 7 || origin.ground() == 8) && isBetter) {
      appeals
          .grant(ask.subject(), origin.authority(), seconds, version)
          .forEach((name, content) -> sheets.put(APPEAL + " " + name, new Sheet(0, content)));
    }
  }

  /** Applies a change of a sheet. */
  Answer sheet(long clientId, long sequence, int kind, String name, Sheet sheet, Origin origin) {
    final Answer refusal = refusal(clientId, sequence, 1);
    if (refusal != null) {
      return refusal;
    }
    version++;
    Outcome outcome = Outcome.INVALID;
    Subject subject = null;
    if (kind == APPEAL && isGrounded()) {
      final PlainAppeals.Put put = appeals.put(name, sheet.content(), holders, seconds, version);
      outcome = put.outcome();
      subject = put.subject();
      if (outcome == Outcome.APPLIED) {
        sheets.put(kind + " " + name, new Sheet(0, put.content()));
      }
    } else {
      outcome = put(kind, name, sheet);
    }
    history.add(
        new Told(
            version, kind, outcome, subject, null, null, isGrounded() ? origin : NOBODY, seconds));
    return done(clientId, sequence, 1, version, List.of(outcome));
  }

  private Outcome put(int kind, String name, Sheet sheet) {
    final boolean isKnown =
        (kind >= LINK && kind <= RULESET)
            || (isGrounded() && (kind == GROUNDS || kind == NATIONAL_RULES))
            || (isOfToday() && PlainDisplays.isOne(kind, name, sheet, seconds));
    if (!isKnown || sheet.revision() < 0 || name.length() > 64) {
      return Outcome.INVALID;
    }
    if (kind == GROUNDS
        && (!name.equals("grounds")
            || sheet.revision() == 0
            || !grounds.isOne(sheet.content(), isOfToday()))) {
      return Outcome.INVALID;
    }
    final String key = kind + " " + name;
    final Sheet before = sheets.get(key);
    if (before != null && before.revision() != 0 && sheet.revision() <= before.revision()) {
      return Outcome.SUPERSEDED;
    }
    if (kind == PlainDisplays.GUARDIAN
        && PlainDisplays.isOverLimit(name, sheet.content(), sheets)) {
      return Outcome.CEILING_REACHED;
    }
    sheets.put(key, sheet);
    if (kind == GROUNDS) {
      grounds.putDown(sheet.content());
    }
    return Outcome.APPLIED;
  }

  private Answer done(
      long clientId, long first, int count, long firstVersion, List<Outcome> outcomes) {
    final Known client = known(clientId);
    client.last = first + count - 1;
    client.done.add(new Done(first, count, firstVersion, outcomes));
    while (client.done.size() > MAX_BATCHES) {
      client.done.remove(0);
    }
    return new Answer(Verdict.DONE, firstVersion, client.last + 1, outcomes, true);
  }

  private Known known(long clientId) {
    for (final Known client : clients) {
      if (client.id == clientId) {
        return client;
      }
    }
    return null;
  }

  /** The answer to a message that is not to be applied; null where it is. */
  private Answer refusal(long clientId, long first, int count) {
    Known client = known(clientId);
    if (client == null) {
      if (first != 1) {
        return new Answer(Verdict.UNKNOWN_CLIENT, 0, 1, List.of(), false);
      }
      client = new Known(clientId);
      if (clients.size() == MAX_CLIENTS) {
        clients.remove(0);
      }
    } else {
      clients.remove(client);
    }
    clients.add(client);
    final long next = client.last + 1;
    if (first == next) {
      return null;
    }
    if (first < 1 || first + count - 1 > client.last) {
      return new Answer(Verdict.OUT_OF_ORDER, 0, next, List.of(), false);
    }
    for (final Done done : client.done) {
      if (done.first() == first && done.count() == count) {
        return new Answer(Verdict.DONE, done.firstVersion(), next, done.outcomes(), false);
      }
    }
    return new Answer(Verdict.FORGOTTEN, 0, next, List.of(), false);
  }

  /** Who answers for a command, on the ground that counts where none is stated. */
  private Origin counting(Ask ask) {
    if (!isGrounded()) {
      return NOBODY;
    }
    final Origin origin = ask.origin();
    final int unstated = ask.kind() == SET_TEST_RESULT ? 2 : ask.kind() == VISIT ? 9 : 1;
    return new Origin(
        origin.authority(), origin.ground() == 0 ? unstated : origin.ground(), origin.second(), 0);
  }

  /** The colour that a command asks for; -1 for none. */
  private int colourOf(Ask ask) {
    return switch (ask.kind()) {
      case SET_STATUS -> isOfToday() && bringsPositive(ask) ? 2 : ask.colour();
      case SET_TEST_RESULT -> ask.result() == 2 ? 2 : -1;
      case VISIT -> ask.result() == 2 ? 2 : ask.colour();
      default -> -1;
    };
  }

  private int sampleKnown(Ask ask) {
    final Holder stored = holders.get(ask.subject());
    return stored == null ? 0 : stored.sample();
  }

  private boolean isKnownPositive(Ask ask) {
    final Holder stored = holders.get(ask.subject());
    return stored != null
        && stored.result() != 1
        && ask.result() == 2
        && ask.sample() == stored.sample();
  }

  /** Whether a status comes with a positive test that nobody has told before. */
  private boolean bringsPositive(Ask ask) {
    return ask.result() == 2 && ask.sample() >= sampleKnown(ask) && !isKnownPositive(ask);
  }

  /** Whether a test is the known positive one, which stops nobody any more. */
  private boolean hasEnded(Ask ask, Holder before) {
    return isOfToday() && isKnownPositive(ask) && before.result() != 2;
  }

  private Outcome refusedByGround(Ask ask) {
    final Origin origin = counting(ask);
    final PlainGrounds.Ground ground = grounds.find(origin.ground());
    if (ground == null) {
      return Outcome.GROUND_UNKNOWN;
    }
    final int colour = colourOf(ask);
    final int next = ask.kind() == SET_STATUS ? ask.next() : 0;
    if (!ground.allows(origin.authority())
        || (ground.two() && origin.second() != 0 && !ground.allows(origin.second()))
        || (colour >= 0 && !ground.colours().contains(colour))
        || (next > 0 && !ground.colours().contains(next))
        || (isOfToday() && (ask.kind() == VISIT) != (origin.ground() == 9))) {
      return Outcome.GROUND_NOT_YOURS;
    }
    if (ground.two()
        && (origin.authority() == 0
            || origin.second() == 0
            || origin.second() == origin.authority())) {
      return Outcome.SECOND_SIGNATURE_MISSING;
    }
    if (isOfToday()
        && ask.kind() == REVOKE
        && ask.at() > (seconds / 60 + Math.max(1, ground.longest())) * 60) {
      return Outcome.UNTIL_TOO_FAR;
    }
    if (colour < 1) {
      return null;
    }
    final long until = ask.kind() == SET_STATUS ? ask.at() / 60 : 0;
    if (until == 0 && !ground.fills()) {
      return Outcome.UNTIL_MISSING;
    }
    final int longest = ground.longest() - (next > 0 ? WEEK : 0);
    if (longest <= 0 || until > seconds / 60 + longest) {
      return Outcome.UNTIL_TOO_FAR;
    }
    return until != 0 && until <= seconds / 60 ? Outcome.INVALID : null;
  }

  /** When a colour ends that a command asks for; 0 in logs that know no ends. */
  private int endOf(Ask ask) {
    if (!isGrounded()) {
      return 0;
    }
    final int next = ask.kind() == SET_STATUS ? ask.next() : 0;
    return ask.kind() == SET_STATUS && ask.at() != 0
        ? (int) (ask.at() / 60)
        : (int) (seconds / 60)
            + grounds.find(counting(ask).ground()).longest()
            - (next > 0 ? WEEK : 0);
  }

  private Outcome apply(Ask ask) {
    if (!isSensible(ask)) {
      return Outcome.INVALID;
    }
    if (isGrounded()) {
      final Outcome refused = refusedByGround(ask);
      if (refused != null) {
        return refused;
      }
    }
    final Holder stored = holders.get(ask.subject());
    if (isOfToday()
        && ask.origin().ifVersion() != 0
        && ask.origin().ifVersion() != (stored == null ? 0 : stored.version())) {
      return Outcome.CHANGED_MEANWHILE;
    }
    final Holder before = inForce(stored);
    final Holder after;
    switch (ask.kind()) {
      case SET_STATUS -> after = set(ask, before);
      case SET_TEST_RESULT -> {
        if (before == null) {
          return Outcome.UNKNOWN_SUBJECT;
        }
        if (ask.sample() < stored.sample() || hasEnded(ask, before)) {
          return Outcome.SUPERSEDED;
        }
        final Holder tested =
            new Holder(
                before.colour(),
                before.until(),
                before.next(),
                ask.result(),
                ask.sample(),
                before.doses(),
                before.lastDose(),
                before.flags() & 7,
                before.revokedBefore(),
                before.source(),
                version);
        after = ask.result() == 2 ? worse(tested, 2, endOf(ask)) : tested;
      }
      case REVOKE -> {
        if (before == null) {
          return Outcome.UNKNOWN_SUBJECT;
        }
        if (ask.at() <= before.revokedBefore()) {
          return Outcome.SUPERSEDED;
        }
        after =
            new Holder(
                before.colour(),
                before.until(),
                before.next(),
                before.result(),
                before.sample(),
                before.doses(),
                before.lastDose(),
                before.flags(),
                ask.at(),
                before.source(),
                version);
      }
      default -> {
        if (before != null && ask.at() < before.source()) {
          return Outcome.SUPERSEDED;
        }
        after = visited(ask, before);
      }
    }
    if (before == null && holders.size() == capacity) {
      return Outcome.MAP_FULL;
    }
    if (isGrounded()) {
      final Origin origin = counting(ask);
      if ((stops(before, after) || colourOf(ask) > 0)
          && grounds.find(origin.ground()).needsTest()
          && after.result() != 2
          && (before == null || before.result() != 2)) {
        return Outcome.POSITIVE_TEST_MISSING;
      }
      if (stops(before, after) && !mayTurn(origin, before)) {
        return Outcome.CEILING_REACHED;
      }
    }
    holders.put(ask.subject(), after);
    return Outcome.APPLIED;
  }

  private boolean hasNone(Ask ask, Holder before) {
    return isOfToday() && before != null && before.result() == 0 && ask.result() == 0;
  }

  /** What counts of a holder at the log's time. */
  private Holder inForce(Holder stored) {
    if (stored == null) {
      return null;
    }
    final boolean hasLapsed = stored.until() != 0 && stored.until() <= seconds / 60;
    final Holder now = stored.at(seconds / 60);
    return isOfToday() && hasLapsed && stored.result() == 2 ? now.untested() : now;
  }

  private Holder set(Ask ask, Holder before) {
    final boolean staysTested = ask.result() != 0 && sampleKnown(ask) > ask.sample();
    final int colour = colourOf(ask);
    final Holder said =
        new Holder(
            colour,
            colour == 0 ? 0 : endOf(ask),
            isGrounded() ? ask.next() : 0,
            staysTested ? before.result() : ask.result(),
            staysTested || hasNone(ask, before) ? before.sample() : ask.sample(),
            ask.doses(),
            ask.lastDose(),
            ask.flags(),
            before == null ? 0 : before.revokedBefore(),
            before == null ? 0 : before.source(),
            version);
    if (isOfToday() && isKnownPositive(ask) && (ask.colour() < 2 || before.result() != 2)) {
      return said.untested();
    }
    if (!staysTested || before.result() != 2) {
      return said;
    }
    if (!isGrounded()) {
      return said.with(2, 0, 0);
    }
    return before.colour() > ask.colour()
        ? said.with(before.colour(), before.until(), before.next())
        : said;
  }

  /** A holder to whom a colour is given that makes none greener. */
  private Holder worse(Holder holder, int colour, int end) {
    if (colour == 0 || colour < holder.colour()) {
      return holder;
    }
    if (colour > holder.colour()) {
      return holder.with(colour, end, 0);
    }
    return end != 0 && (holder.until() == 0 || end > holder.greenFrom())
        ? holder.with(colour, end, 0)
        : holder;
  }

  /** Whether somebody who passed somewhere may not pass there any more. */
  private boolean stops(Holder before, Holder after) {
    final boolean isTurned =
        after.colour() > 0
            && (before == null
                || after.colour() > before.colour()
                || after.greenFrom() > before.greenFrom());
    if (!isOfToday()) {
      return isTurned;
    }
    final boolean isDeceased = (after.flags() & 4) != 0;
    if (before == null) {
      return isTurned || isDeceased;
    }
    return isTurned
        || (isDeceased && (before.flags() & 4) == 0)
        || after.revokedBefore() > before.revokedBefore()
        || after.doses() < before.doses()
        || (before.result() == 1 && (after.result() != 1 || after.sample() < before.sample()));
  }

  private boolean mayTurn(Origin origin, Holder before) {
    final PlainGrounds.Ground ground = grounds.find(origin.ground());
    if ((before == null && !ground.first()) || (ground.hourly() == 0 && ground.daily() == 0)) {
      return true;
    }
    final long minute = seconds / 60;
    long hour = 0;
    long day = 0;
    for (final Turn turn : turns) {
      if (turn.authority() == origin.authority() && turn.ground() == origin.ground()) {
        hour += minute - turn.minute() < 60 ? 1 : 0;
        day += minute - turn.minute() < 1_440 ? 1 : 0;
      }
    }
    if ((ground.hourly() > 0 && hour >= ground.hourly())
        || (ground.daily() > 0 && day >= ground.daily())) {
      return false;
    }
    turns.add(new Turn(origin.authority(), origin.ground(), minute));
    return true;
  }

  private Holder visited(Ask ask, Holder before) {
    final int end = endOfVisit(ask);
    if (before == null) {
      final Holder visitor =
          new Holder(
              0,
              0,
              0,
              ask.result(),
              ask.sample(),
              ask.doses(),
              0,
              ask.flags() + 8,
              0,
              ask.at(),
              version);
      return worse(visitor, ask.result() == 2 ? 2 : ask.colour(), end);
    }
    final boolean replaces =
        before.flags() >= 8 && (before.source() == 0 || ask.at() > before.source());
    final boolean isNewer = ask.result() != 0 && ask.sample() > sampleKnown(ask);
    final Holder met =
        new Holder(
            replaces ? 0 : before.colour(),
            replaces ? 0 : before.until(),
            replaces ? 0 : before.next(),
            isNewer ? ask.result() : before.result(),
            isNewer ? ask.sample() : before.sample(),
            replaces ? ask.doses() : Math.max(ask.doses(), before.doses()),
            before.lastDose(),
            before.flags(),
            before.revokedBefore(),
            ask.at(),
            version);
    final Holder coloured = worse(met, ask.colour(), end);
    return ask.result() == 2 && ask.sample() >= sampleKnown(ask) && !hasEnded(ask, before)
        ? worse(coloured, 2, end)
        : coloured;
  }

  private int endOfVisit(Ask ask) {
    return colourOf(ask) > 0 ? endOf(ask) : 0;
  }

  private boolean isSensible(Ask ask) {
    final boolean hasStatus = ask.kind() == SET_STATUS || ask.kind() == VISIT;
    final boolean hasTest = hasStatus || ask.kind() == SET_TEST_RESULT;
    if (hasStatus && (ask.colour() > 2 || ask.doses() > 99)) {
      return false;
    }
    if (hasTest
        && (ask.result() > 2 || ask.sample() < 0 || (ask.result() == 0) != (ask.sample() == 0))) {
      return false;
    }
    return switch (ask.kind()) {
      case SET_STATUS ->
          ask.lastDose() >= 0
              && ask.lastDose() <= 2_932_896
              && ask.flags() < 8
              && (!isGrounded() || hasSensibleEnd(ask))
              && isTaken(ask);
      case SET_TEST_RESULT -> ask.result() > 0 && isTaken(ask);
      case REVOKE -> ask.at() > 0 && ask.at() <= 253_402_300_799L;
      case VISIT ->
          (ask.flags() == 1 || ask.flags() == 2) && ask.at() > 0 && ask.at() <= 4_294_967_295L;
      default -> false;
    };
  }

  private boolean isTaken(Ask ask) {
    return !isOfToday() || ask.sample() <= seconds / 60 + 5;
  }

  private static boolean hasSensibleEnd(Ask ask) {
    return ask.at() >= 0
        && ask.at() % 60 == 0
        && ask.at() / 60 <= 2_147_483_647L - WEEK
        && (ask.at() == 0 || ask.colour() > 0)
        && (ask.next() == 0 || ask.next() < ask.colour());
  }
}
