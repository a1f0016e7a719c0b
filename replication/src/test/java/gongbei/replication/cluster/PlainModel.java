package gongbei.replication.cluster;

import gongbei.replication.command.Applied.Outcome;
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

  private static final int MAX_CLIENTS = 1_024;
  private static final int MAX_BATCHES = 64;

  private final Map<Subject, Holder> holders = new HashMap<>();
  private final Map<String, Sheet> sheets = new TreeMap<>();
  private final List<Known> clients = new ArrayList<>();
  private final int capacity;
  private long version;

  PlainModel(int capacity) {
    this.capacity = capacity;
  }

  /** A holder's status. */
  record Holder(
      int colour,
      int result,
      int sample,
      int doses,
      int lastDose,
      int flags,
      long revokedBefore,
      long source,
      long version) {}

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
      long at) {}

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
      outcomes.add(apply(ask));
    }
    return done(clientId, first, asks.size(), firstVersion, outcomes);
  }

  /** Applies a change of a sheet. */
  Answer sheet(long clientId, long sequence, int kind, String name, Sheet sheet) {
    final Answer refusal = refusal(clientId, sequence, 1);
    if (refusal != null) {
      return refusal;
    }
    version++;
    return done(clientId, sequence, 1, version, List.of(put(kind, name, sheet)));
  }

  private Outcome put(int kind, String name, Sheet sheet) {
    if (kind < LINK || kind > RULESET || sheet.revision() < 0 || name.length() > 64) {
      return Outcome.INVALID;
    }
    final String key = kind + " " + name;
    final Sheet before = sheets.get(key);
    if (before != null && before.revision() != 0 && sheet.revision() <= before.revision()) {
      return Outcome.SUPERSEDED;
    }
    sheets.put(key, sheet);
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

  private Outcome apply(Ask ask) {
    if (!isSensible(ask)) {
      return Outcome.INVALID;
    }
    final Holder before = holders.get(ask.subject());
    final Holder after;
    switch (ask.kind()) {
      case SET_STATUS -> {
        final boolean staysTested =
            before != null && ask.result() != 0 && before.sample() > ask.sample();
        after =
            new Holder(
                staysTested && before.result() == 2 ? 2 : ask.colour(),
                staysTested ? before.result() : ask.result(),
                staysTested ? before.sample() : ask.sample(),
                ask.doses(),
                ask.lastDose(),
                ask.flags(),
                before == null ? 0 : before.revokedBefore(),
                before == null ? 0 : before.source(),
                version);
      }
      case SET_TEST_RESULT -> {
        if (before == null) {
          return Outcome.UNKNOWN_SUBJECT;
        }
        if (ask.sample() < before.sample()) {
          return Outcome.SUPERSEDED;
        }
        after =
            new Holder(
                ask.result() == 2 ? 2 : before.colour(),
                ask.result(),
                ask.sample(),
                before.doses(),
                before.lastDose(),
                before.flags() & 7,
                before.revokedBefore(),
                before.source(),
                version);
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
    holders.put(ask.subject(), after);
    return Outcome.APPLIED;
  }

  private Holder visited(Ask ask, Holder before) {
    if (before == null) {
      return new Holder(
          ask.result() == 2 ? 2 : ask.colour(),
          ask.result(),
          ask.sample(),
          ask.doses(),
          0,
          ask.flags() + 8,
          0,
          ask.at(),
          version);
    }
    final boolean replaces =
        before.flags() >= 8 && (before.source() == 0 || ask.at() > before.source());
    int colour = replaces ? ask.colour() : Math.max(ask.colour(), before.colour());
    if (ask.result() == 2 && ask.sample() >= before.sample()) {
      colour = 2;
    }
    final boolean isNewer = ask.result() != 0 && ask.sample() > before.sample();
    return new Holder(
        colour,
        isNewer ? ask.result() : before.result(),
        isNewer ? ask.sample() : before.sample(),
        replaces ? ask.doses() : Math.max(ask.doses(), before.doses()),
        before.lastDose(),
        before.flags(),
        before.revokedBefore(),
        ask.at(),
        version);
  }

  private static boolean isSensible(Ask ask) {
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
      case SET_STATUS -> ask.lastDose() >= 0 && ask.lastDose() <= 2_932_896 && ask.flags() < 8;
      case SET_TEST_RESULT -> ask.result() > 0;
      case REVOKE -> ask.at() > 0 && ask.at() <= 253_402_300_799L;
      case VISIT ->
          (ask.flags() == 1 || ask.flags() == 2) && ask.at() > 0 && ask.at() <= 4_294_967_295L;
      default -> false;
    };
  }
}
