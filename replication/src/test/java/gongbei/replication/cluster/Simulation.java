package gongbei.replication.cluster;

import gongbei.replication.cluster.PlainModel.Answer;
import gongbei.replication.cluster.PlainModel.Ask;
import gongbei.replication.cluster.PlainModel.Holder;
import gongbei.replication.cluster.PlainModel.Origin;
import gongbei.replication.cluster.PlainModel.Sheet;
import gongbei.replication.cluster.PlainModel.Told;
import gongbei.replication.cluster.PlainModel.Verdict;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.DocumentCommand;
import gongbei.replication.feed.FeedApplier;
import gongbei.replication.feed.FeedApplier.GapException;
import gongbei.replication.machine.EarlierMessages;
import gongbei.replication.machine.HistoryChange;
import gongbei.replication.machine.HistorySink;
import gongbei.replication.machine.ReplicatedState;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusMapException;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.replication.protocol.BatchReplyDecoder;
import gongbei.replication.protocol.MessageHeaderDecoder;
import gongbei.replication.snapshot.SnapshotReader;
import gongbei.replication.snapshot.SnapshotWriter;
import gongbei.replication.snapshot.StateFile;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.protocol.DataHeaderFlyweight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One life of a cluster without threads, network or clock: clients whose messages are lost, doubled
 * and overtaken; a log; three members that die, stop, lose or keep their map files, and take
 * snapshots that are cut short or damaged; two replicas that follow feeds with gaps. One number
 * decides it all. What every node says and holds, and what it tells of every version, is compared
 * with {@link PlainModel}. In some lives the cluster is upgraded from the protocol before grounds,
 * or from the one before whatever stops a holder counted.
 */
final class Simulation implements AutoCloseable {
  private static final int MEMBERS = 3;
  private static final int REPLICAS = 2;
  private static final int CLIENTS = 4;
  private static final int SUBJECTS = 48;
  private static final int CAPACITY = 40;
  private static final int STEPS = 500;
  private static final int LEAP_MILLIS = 8 * 60 * 60 * 1_000;
  private static final int DAYS = 24 * 60;
  private static final int POSITION_STRIDE = 64;
  private static final int TERM_BITS = 16;
  private static final int MILLIS = 1_000;
  private static final int CROWD = 1_100;
  private static final int HISTORY = 70;
  private static final long START_MILLIS = 1_700_000_000_000L;
  private static final String[] FILES = {"status.map", "status.stamp", "status.beside"};

  private final SplittableRandom random;
  private final Path directory;
  private final PlainGrounds grounds = new PlainGrounds();
  private final PlainModel model;
  private final List<Entry> log = new ArrayList<>();
  private final List<Snapshot> snapshots = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final List<Runnable> network = new ArrayList<>();
  private final Map<Long, String> versionsGiven = new HashMap<>();
  private final List<String> events = new ArrayList<>();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private final double loss;
  private final int upgradeStep;
  private final int firstProtocol;
  private int upgradeIndex = Integer.MAX_VALUE;
  private int purged;
  private int leader;
  private long now = START_MILLIS;
  private PlainDisplays.View displays = PlainDisplays.View.NOTHING;
  private long commandsSent;

  /** What a run did. */
  record Summary(
      int messages,
      long versions,
      int deaths,
      int snapshots,
      Set<Outcome> outcomes,
      List<Integer> appeals,
      Set<String> displays,
      boolean isUpgraded,
      long digest) {}

  private int deaths;

  /**
   * @param directory where nodes keep their maps; null where they have them in memory alone
   */
  Simulation(long seed, Path directory) {
    this.random = new SplittableRandom(seed);
    this.directory = directory;
    this.loss = random.nextInt(4) * 0.1;
    this.upgradeStep = random.nextInt(3) == 0 ? random.nextInt(STEPS) : -1;
    this.firstProtocol = upgradeStep < 0 ? ReplicatedState.PROTOCOL : 6 + random.nextInt(2);
    this.model = new PlainModel(CAPACITY, grounds, firstProtocol);
    for (int i = 0; i < MEMBERS; i++) {
      members.add(new Member("member" + i));
    }
    for (int i = 0; i < REPLICAS; i++) {
      replicas.add(new Replica("replica" + i));
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(random.nextLong() | 1));
    }
  }

  /** A message of the log, and what is to come of it. */
  private record Entry(
      byte[] message,
      long timestamp,
      Answer answer,
      long versionAfter,
      Map<Subject, Holder> holders,
      Map<String, Sheet> sheets,
      PlainDisplays.View displays,
      Digest after) {
    private void checkDigest(String name, long digest) {
      if (after.isKnown && after.digest != digest) {
        throw new AssertionError(
            name
                + "'s digest is "
                + Long.toHexString(digest)
                + " where another's is "
                + Long.toHexString(after.digest));
      }
      after.isKnown = true;
      after.digest = digest;
    }

    private long digest() {
      return after.digest;
    }
  }

  /** The digest after a message, as soon as one node has applied it. */
  private static final class Digest {
    private boolean isKnown;
    private long digest;
  }

  /** A snapshot as it is kept, and how much of the log it holds. */
  private record Snapshot(Member by, int index, List<byte[]> messages) {}

  /** A frame of a feed, and the message of the log that is in it. */
  private record Frame(long firstVersion, int index, byte[] bytes) {}

  /** Everything that happened, the last last. */
  String events() {
    return String.join("\n", events);
  }

  /** Lives the whole life. */
  Summary run() {
    for (final Member member : members) {
      member.start();
    }
    for (final Replica replica : replicas) {
      replica.start();
    }
    final int crowdAt = random.nextInt(40) == 0 ? random.nextInt(STEPS) : -1;
    final int historyAt = random.nextInt(20) == 0 ? random.nextInt(STEPS) : -1;
    final int familyAt = random.nextInt(20) == 0 ? random.nextInt(STEPS) : -1;
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(20) == 0 ? random.nextInt(LEAP_MILLIS) : random.nextInt(400);
      if (step == upgradeStep) {
        upgrade();
      }
      if (step == crowdAt) {
        crowd();
      }
      if (step == historyAt) {
        clients.get(0).makeHistory();
      }
      if (step == familyAt) {
        clients.get(0).makeFamily();
      }
      step();
    }
    settle();
    return new Summary(
        log.size(),
        model.version(),
        deaths,
        snapshots.size(),
        model.history().stream().map(Told::outcome).collect(Collectors.toSet()),
        model.appeals().counts(),
        model.history().stream()
            .filter(told -> told.kind() >= PlainDisplays.MINTING)
            .filter(told -> told.kind() <= PlainDisplays.GUARDIAN)
            .map(told -> told.kind() + " " + told.outcome())
            .collect(Collectors.toSet()),
        upgradeStep >= 0,
        log.get(log.size() - 1).digest());
  }

  /** From here on the leader speaks the protocol of today. */
  private void upgrade() {
    event("upgrade");
    upgradeIndex = log.size();
    model.upgrade();
  }

  /** A message as the protocol has it that the leader speaks. */
  private byte[] spoken(byte[] message) {
    return upgradeStep < 0 || upgradeIndex != Integer.MAX_VALUE
        ? message
        : EarlierMessages.of(new UnsafeBuffer(message), firstProtocol).byteArray();
  }

  private void step() {
    final int dice = random.nextInt(100);
    final Member member = members.get(random.nextInt(MEMBERS));
    final Replica replica = replicas.get(random.nextInt(REPLICAS));
    if (dice < 20) {
      clients.get(random.nextInt(CLIENTS)).send();
    } else if (dice < 28) {
      clients.get(random.nextInt(CLIENTS)).sendAgain();
    } else if (dice < 48) {
      deliver();
    } else if (dice < 50) {
      garbage();
    } else if (dice < 68) {
      member.takeMessages(1 + random.nextInt(6));
    } else if (dice < 72) {
      member.snapshot();
    } else if (dice < 74) {
      purge();
    } else if (dice < 78) {
      member.fault();
    } else if (dice < 79) {
      leader = random.nextInt(MEMBERS);
    } else if (dice < 96) {
      replica.follow(1 + random.nextInt(8));
    } else {
      replica.fault();
    }
  }

  private void event(String what) {
    events.add(log.size() + ": " + what);
  }

  private void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private void requireEqual(Object expected, Object actual, String what) {
    if (!Objects.equals(expected, actual)) {
      throw new AssertionError(what + " is " + actual + ", not " + expected);
    }
  }

  // The network between clients and the log

  private void deliver() {
    if (!network.isEmpty()) {
      network.remove(random.nextInt(network.size())).run();
    }
  }

  private void carry(Runnable arrival) {
    if (random.nextDouble() >= loss) {
      network.add(arrival);
    }
    if (random.nextDouble() < loss / 4) {
      network.add(arrival);
    }
  }

  private void commit(
      byte[] message, Answer answer, Map<Subject, Holder> holders, Map<String, Sheet> sheets) {
    log.add(
        new Entry(message, now, answer, model.version(), holders, sheets, displays, new Digest()));
  }

  private void commitBatch(long clientId, long first, List<Ask> asks) {
    model.at(now / 1_000);
    final Answer answer = model.batch(clientId, first, asks);
    final Map<Subject, Holder> holders = new HashMap<>();
    for (final Ask ask : asks) {
      holders.put(ask.subject(), model.holders().get(ask.subject()));
    }
    commit(
        spoken(SimulatedMessages.batch(clientId, first, CAPACITY, asks)),
        answer,
        holders,
        Map.of());
  }

  private void commitSheet(
      long clientId, long sequence, int kind, String name, Sheet sheet, Origin origin) {
    model.at(now / 1_000);
    final Answer answer = model.sheet(clientId, sequence, kind, name, sheet, origin);
    if (kind >= PlainDisplays.MINTING) {
      displays = PlainDisplays.view(model.sheets());
    }
    final Map<String, Sheet> sheets = new TreeMap<>();
    final String key = kind + " " + name;
    if (model.sheets().containsKey(key)) {
      sheets.put(key, model.sheets().get(key));
    }
    commit(
        spoken(SimulatedMessages.sheet(clientId, sequence, kind, name, sheet, origin)),
        answer,
        Map.of(),
        sheets);
  }

  private void garbage() {
    final Answer answer = new Answer(Verdict.UNREADABLE, 0, 0, List.of(), false);
    commit(
        SimulatedMessages.garbage(random, CAPACITY, randomAsks(), randomSheet()),
        answer,
        Map.of(),
        Map.of());
  }

  /** More clients than are remembered, each with one command; those heard again are kept. */
  private void crowd() {
    event("a crowd of clients");
    clients.forEach(Client::beHeard);
    for (int i = 0; i < CROWD; i++) {
      commitBatch(random.nextLong() | 1, 1, List.of(randomAsk()));
      commandsSent++;
      if (i == CROWD / 2) {
        clients.forEach(Client::beHeard);
      }
    }
  }

  private static Subject subject(int number) {
    return new Subject(0x9E3779B97F4A7C15L * (number + 1), number);
  }

  private Ask randomAsk() {
    final int[] kinds = {
      PlainModel.SET_STATUS,
      PlainModel.SET_STATUS,
      PlainModel.SET_TEST_RESULT,
      PlainModel.SET_TEST_RESULT,
      PlainModel.REVOKE,
      PlainModel.VISIT,
      PlainModel.VISIT
    };
    final boolean isWild = random.nextInt(25) == 0;
    final int kind = isWild ? random.nextInt(256) : kinds[random.nextInt(kinds.length)];
    final int result = random.nextInt(3);
    final Ask tame =
        new Ask(
            kind,
            subject(random.nextInt(SUBJECTS)),
            random.nextInt(3),
            result,
            result == 0 ? 0 : 1 + random.nextInt(200),
            random.nextInt(100),
            random.nextInt(3) * 9_000,
            kind == PlainModel.VISIT ? 1 + random.nextInt(2) : random.nextInt(8),
            kind == PlainModel.SET_STATUS ? randomEnd() : 1 + random.nextInt(300),
            random.nextInt(6) == 0 ? 1 : 0,
            randomOrigin());
    if (kind == PlainModel.SET_STATUS && random.nextInt(8) == 0) {
      return conditional(tame);
    }
    if (!isWild && random.nextInt(20) != 0) {
      return tame;
    }
    return new Ask(
        kinds[random.nextInt(kinds.length)],
        tame.subject(),
        wild(tame.colour(), 256),
        wild(tame.result(), 256),
        wild(tame.sample(), 0),
        wild(tame.doses(), 256),
        wild(tame.lastDose(), 0),
        wild(tame.flags(), 256),
        random.nextInt(5) == 0 ? random.nextLong() : tame.at(),
        wild(tame.next(), 256),
        tame.origin());
  }

  /** The same for the version alone that its holder is at now, or another. */
  private Ask conditional(Ask ask) {
    final Holder holder = model.holders().get(ask.subject());
    final long version =
        holder == null || random.nextInt(4) == 0 ? 1 + random.nextInt(99) : holder.version();
    final Origin origin = ask.origin();
    return new Ask(
        ask.kind(),
        ask.subject(),
        ask.colour(),
        ask.result(),
        ask.sample(),
        ask.doses(),
        ask.lastDose(),
        ask.flags(),
        ask.at(),
        ask.next(),
        new Origin(origin.authority(), origin.ground(), origin.second(), version));
  }

  /** When a colour is to end, in seconds; mostly not said, now and then past or too far. */
  private long randomEnd() {
    return random.nextInt(3) != 0
        ? 0
        : (now / 60_000 + random.nextInt(-2, 21 * DAYS)) * 60 + (random.nextInt(30) == 0 ? 1 : 0);
  }

  private Origin randomOrigin() {
    return random.nextInt(3) == 0
        ? new Origin(0, 0, 0, 0)
        : new Origin(
            random.nextInt(5),
            random.nextInt(4) == 0 ? 7 + random.nextInt(2) : random.nextInt(13),
            random.nextInt(5),
            0);
  }

  private int wild(int tame, int bound) {
    if (random.nextInt(5) != 0) {
      return tame;
    }
    return bound == 0 ? random.nextInt() : random.nextInt(bound);
  }

  private List<Ask> randomAsks() {
    final int count = random.nextInt(30) == 0 ? 200 : 1 + random.nextInt(5);
    final List<Ask> asks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      asks.add(randomAsk());
    }
    return asks;
  }

  private Sheet randomSheet() {
    final int length = random.nextInt(50) == 0 ? 20_000 : random.nextInt(60);
    final byte[] content = new byte[length];
    for (int i = 0; i < length; i++) {
      content[i] = (byte) random.nextInt(128);
    }
    return new Sheet(
        random.nextInt(3) == 0 ? 0 : random.nextInt(-1, 40),
        new String(content, StandardCharsets.ISO_8859_1));
  }

  /** Sends messages that are numbered, some at a time, and each again until it is answered. */
  private final class Client {
    private final long id;
    private final List<Sent> sent = new ArrayList<>();
    private long next = 1;

    private Client(long id) {
      this.id = id;
    }

    private void send() {
      final long first = next;
      final Sent message;
      if (random.nextInt(12) == 0) {
        message = display(first, PlainDisplays.Draw.of(random, model.sheets(), now / MILLIS));
      } else if (random.nextInt(4) == 0) {
        message = random.nextInt(4) == 0 ? nonce(first) : sheet(first);
      } else {
        final List<Ask> asks = randomAsks();
        message = new Sent(first, asks.size(), () -> commitBatch(id, first, asks));
      }
      number(message);
      carry(() -> arrive(message));
    }

    private void number(Sent message) {
      next += message.count;
      commandsSent += message.count;
      sent.add(message);
    }

    private Sent sheet(long sequence) {
      if (random.nextInt(3) == 0) {
        return table(sequence);
      }
      if (random.nextInt(2) == 0) {
        return appeal(sequence);
      }
      final int kind =
          random.nextInt(30) == 0
              ? random.nextInt(256)
              : random.nextInt(4) == 0 ? PlainModel.NATIONAL_RULES : 4 + random.nextInt(3);
      final String name =
          random.nextInt(30) == 0 ? "n".repeat(random.nextInt(80)) : "n" + random.nextInt(12);
      final Sheet sheet = randomSheet();
      final Origin origin = randomOrigin();
      return new Sent(sequence, 1, () -> commitSheet(id, sequence, kind, name, sheet, origin));
    }

    /** The switch of minting, a list of revoked codes, or a guardianship. */
    private Sent display(long sequence, PlainDisplays.Draw draw) {
      final Origin origin = randomOrigin();
      return new Sent(
          sequence,
          1,
          () -> commitSheet(id, sequence, draw.kind(), draw.name(), draw.sheet(), origin));
    }

    /** A table of grounds, which takes the place of the last one where it is newer. */
    private Sent table(long sequence) {
      final Sheet sheet = new Sheet(tables += random.nextInt(3), grounds.draw(random));
      final Origin origin = randomOrigin();
      final String name = random.nextInt(20) == 0 ? "ground" : "grounds";
      return new Sent(
          sequence, 1, () -> commitSheet(id, sequence, PlainModel.GROUNDS, name, sheet, origin));
    }

    /** An appeal against a change of somebody, or the refusal of one, be there such a change. */
    private Sent appeal(long sequence) {
      final long open = model.appeals().lastOpen();
      final boolean isRefusal = random.nextInt(3) == 0;
      final boolean isOfOpen = open != 0 && isRefusal && random.nextInt(4) != 0;
      final Subject of =
          isOfOpen ? model.appeals().subject(open) : subject(random.nextInt(SUBJECTS));
      final Holder holder = model.holders().get(of);
      final String name =
          PlainAppeals.name(
              isOfOpen
                  ? open
                  : holder == null || random.nextInt(8) == 0
                      ? random.nextInt(-1, 200)
                      : holder.version());
      final Sheet sheet = new Sheet(0, PlainAppeals.draw(random, of, isRefusal));
      final Origin origin = randomOrigin();
      return new Sent(
          sequence, 1, () -> commitSheet(id, sequence, PlainModel.APPEAL, name, sheet, origin));
    }

    /** A nonce by itself, which is no command any more and changes nothing. */
    private Sent nonce(long sequence) {
      final String name =
          "n".repeat(random.nextInt(20) == 0 ? 14 : 15) + (char) ('a' + random.nextInt(26));
      final Sheet sheet =
          new Sheet(
              random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(50),
              random.nextInt(20) == 0 ? "x" : "");
      final Origin origin = randomOrigin();
      return new Sent(
          sequence, 1, () -> commitSheet(id, sequence, PlainModel.NONCE, name, sheet, origin));
    }

    private void sendAgain() {
      if (!sent.isEmpty()) {
        final Sent message = sent.get(random.nextInt(sent.size()));
        carry(() -> arrive(message));
        if (message.isAnswered && random.nextInt(4) == 0) {
          final List<Ask> cutAnotherWay = randomAsks();
          if (message.first + cutAnotherWay.size() <= message.first + message.count) {
            carry(() -> commitBatch(id, message.first, cutAnotherWay));
          }
        }
      }
    }

    private void beHeard() {
      if (sent.isEmpty()) {
        send();
      }
      arrive(sent.get(0));
    }

    /** Sends more messages than are remembered, and each of them again. */
    private void makeHistory() {
      event("a client makes history");
      sent.forEach(this::arrive);
      final int before = sent.size();
      for (int i = 0; i < HISTORY; i++) {
        send();
        arrive(sent.get(before + i));
      }
      sent.forEach(this::arrive);
    }

    /** Links more wards to a guardian than one may have. */
    private void makeFamily() {
      event("a client makes a family");
      sent.forEach(this::arrive);
      for (final PlainDisplays.Draw each : PlainDisplays.Draw.family(now / MILLIS)) {
        final Sent message = display(next, each);
        number(message);
        arrive(message);
      }
    }

    private void arrive(Sent message) {
      message.commit.run();
      expect(log.size() - 1, this, message);
    }

    private void onReply(Sent message, Answer answer) {
      switch (answer.verdict()) {
        case DONE -> {
          message.isAnswered = true;
          for (int i = 0; i < message.count; i++) {
            final String who = id + " " + (message.first + i);
            final String before = versionsGiven.put(answer.firstVersion() + i, who);
            require(
                before == null || before.equals(who),
                "version " + (answer.firstVersion() + i) + " was given twice");
          }
          require(
              message.firstVersion == 0 || message.firstVersion == answer.firstVersion(),
              "a retry was given another version");
          message.firstVersion = answer.firstVersion();
        }
        case FORGOTTEN -> message.isAnswered = true;
        case OUT_OF_ORDER ->
            require(answer.next() <= message.first, "a message was refused that had been applied");
        case UNKNOWN_CLIENT -> require(message.first > 1, "a first message was refused");
        default -> throw new AssertionError("a client was told " + answer.verdict());
      }
    }
  }

  /** A message of a client. */
  private static final class Sent {
    private final long first;
    private final int count;
    private final Runnable commit;
    private boolean isAnswered;
    private long firstVersion;

    private Sent(long first, int count, Runnable commit) {
      this.first = first;
      this.count = count;
      this.commit = commit;
    }
  }

  private int tables;
  private final Map<Integer, Runnable> expected = new HashMap<>();
  private Answer heard;

  private void expect(int index, Client client, Sent message) {
    expected.put(index, () -> client.onReply(message, heard));
  }

  // Nodes

  /** What members and replicas share. */
  private abstract class SimulatedNode {
    final String name;
    final Path home;
    ReplicatedState state;
    int stoppedAt = -1;
    boolean isTampered;
    int copiedAt = -1;

    private SimulatedNode(String name) {
      this.name = name;
      this.home = directory == null ? null : directory.resolve(name);
    }

    final void open() {
      try {
        final StatusMap map =
            home == null ? StatusMap.inMemory(CAPACITY) : StatusMap.persisted(home, CAPACITY);
        state = new ReplicatedState(map, new Recorder(name));
        opened.add(map);
      } catch (StatusMapException e) {
        throw new AssertionError(name + " can't open its map: " + e.getMessage(), e);
      }
    }

    /** The process dies: what it had mapped is in the file, and no stamp. */
    final void die() {
      event(name + " dies");
      deaths++;
      state.map().close(false);
      state = null;
      stoppedAt = -1;
    }

    final void stop(int index, boolean isSound) {
      event(name + " stops at " + index + (isSound ? "" : ", unsound"));
      StateFile.close(state, isSound);
      state = null;
      stoppedAt = isSound && home != null ? index : -1;
      isTampered = false;
      if (home != null && stoppedAt >= 0) {
        if (random.nextInt(3) == 0) {
          copy(home, home.resolve("copy"));
          copiedAt = stoppedAt;
        }
        tamper();
      }
    }

    private void tamper() {
      final int dice = random.nextInt(12);
      final Path file = home.resolve(FILES[random.nextInt(FILES.length)]);
      try {
        if (dice == 0) {
          event(name + " loses " + file.getFileName());
          Files.deleteIfExists(file);
          isTampered = true;
        } else if (dice == 1) {
          event(name + "'s " + file.getFileName() + " rots");
          final byte[] bytes = Files.readAllBytes(file);
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
          isTampered = true;
        } else if (dice == 2) {
          event(name + "'s " + file.getFileName() + " is cut short");
          final byte[] bytes = Files.readAllBytes(file);
          Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length)));
          isTampered = true;
        } else if (dice == 3 && copiedAt >= 0) {
          event(name + " is put back to what it was at " + copiedAt);
          copy(home.resolve("copy"), home);
          stoppedAt = copiedAt;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private void copy(Path from, Path to) {
      try {
        Files.createDirectories(to);
        for (final String file : FILES) {
          Files.copy(from.resolve(file), to.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Compares what is held with what the log's messages up to here make. */
    final void check(int index) {
      if (index == 0) {
        requireEqual(0L, state.map().version(), name + "'s first version");
        return;
      }
      final Entry entry = log.get(index - 1);
      requireEqual(entry.versionAfter(), state.map().version(), name + "'s version");
      entry.checkDigest(name, state.map().digest());
      entry.holders().forEach((subject, holder) -> checkHolder(subject, holder));
      entry.sheets().forEach(this::checkSheet);
      requireEqual(
          entry.displays(),
          PlainDisplays.viewOf(state.documents()),
          name + "'s minting, lists and guardians");
    }

    private void checkHolder(Subject subject, Holder holder) {
      final StatusRecord record = new StatusRecord();
      final boolean isKnown = state.map().get(subject, record);
      requireEqual(holder != null, isKnown, name + " knows " + subject);
      if (holder != null) {
        requireEqual(holder, holderOf(record), name + "'s " + subject);
      }
    }

    private void checkSheet(String key, Sheet sheet) {
      requireEqual(sheet.content(), sheetOf(key), name + "'s sheet " + key);
    }

    final String sheetOf(String key) {
      final DocumentCommand.Kind kind =
          switch (Integer.parseInt(key.substring(0, key.indexOf(' ')))) {
            case PlainModel.LINK -> DocumentCommand.Kind.LINK;
            case 5 -> DocumentCommand.Kind.GROUP;
            case PlainModel.NONCE -> DocumentCommand.Kind.NONCE;
            case PlainModel.GROUNDS -> DocumentCommand.Kind.GROUNDS;
            case PlainModel.APPEAL -> DocumentCommand.Kind.APPEAL;
            case PlainModel.NATIONAL_RULES -> DocumentCommand.Kind.NATIONAL_RULES;
            case PlainDisplays.MINTING -> DocumentCommand.Kind.MINTING;
            case PlainDisplays.REVOCATIONS -> DocumentCommand.Kind.REVOCATIONS;
            case PlainDisplays.GUARDIAN -> DocumentCommand.Kind.GUARDIAN;
            default -> DocumentCommand.Kind.RULESET;
          };
      final String name = key.substring(key.indexOf(' ') + 1);
      final byte[] found = state.documents().find(kind, name.getBytes(StandardCharsets.ISO_8859_1));
      return found == null ? null : new String(found, StandardCharsets.ISO_8859_1);
    }

    /** Compares everything, at the end of the log. */
    final void checkAll() {
      check(log.size());
      for (int i = 0; i < SUBJECTS; i++) {
        checkHolder(subject(i), model.holders().get(subject(i)));
      }
      requireEqual((long) model.holders().size(), state.map().size(), name + "'s holders");
      requireEqual(model.sheets().size(), state.documents().size(), name + "'s sheets");
      model.sheets().forEach(this::checkSheet);
      requireEqual(
          state.map().digest(), state.map().recomputeDigest(), name + "'s digest, kept and anew");
      final Map<String, String> rulesets = new TreeMap<>();
      state
          .documents()
          .rulesets()
          .forEach(
              (ruleset, yaml) ->
                  rulesets.put("6 " + ruleset, new String(yaml, StandardCharsets.ISO_8859_1)));
      final Map<String, String> expectedRulesets = new TreeMap<>();
      model
          .sheets()
          .forEach(
              (key, sheet) -> {
                if (key.startsWith("6 ")) {
                  expectedRulesets.put(key, sheet.content());
                }
              });
      requireEqual(expectedRulesets, rulesets, name + "'s rulesets");
    }
  }

  private static Holder holderOf(StatusRecord record) {
    return new Holder(
        record.colour(),
        record.untilEpochMinutes(),
        record.next(),
        record.result(),
        record.newestSampleEpochMinutes(),
        record.doses(),
        record.lastDoseEpochDay(),
        record.flags(),
        record.revokedBeforeEpochSeconds(),
        record.sourceEpochSeconds(),
        record.version());
  }

  /** Compares what a node tells of each version with the model: every version once, in order. */
  private final class Recorder implements HistorySink {
    private final String name;
    private long version;

    private Recorder(String name) {
      this.name = name;
    }

    @Override
    public void begin(long begun, byte[] frontier) {
      require(
          begun == 0 ? frontier.length == 0 : Arrays.equals(frontier, bytesOf(begun)),
          name + "'s history begins at " + begun + " with another frontier");
      version = begun;
    }

    @Override
    public void onVersion(HistoryChange change) {
      version++;
      requireEqual(version, change.version(), name + "'s next version told");
      final boolean isDocument = Arrays.equals(change.subject(), new byte[Subject.BYTES]);
      final boolean isKnown = change.after().version() != 0;
      final Told told =
          new Told(
              change.version(),
              change.kind(),
              change.outcome(),
              isDocument ? null : Subject.of(change.subject(), 0),
              change.wasKnown() ? holderOf(change.before()) : null,
              isKnown ? holderOf(change.after()) : null,
              new Origin(change.authority(), change.ground(), change.secondAuthority(), 0),
              change.logEpochSeconds());
      requireEqual(model.history().get((int) version - 1), told, name + "'s version told");
      requireEqual(
          told.before() == null ? 0L : told.before().version(),
          change.previousVersion(),
          name + "'s previous version told");
    }

    @Override
    public byte[] frontier() {
      return version == 0 ? new byte[0] : bytesOf(version);
    }

    private static byte[] bytesOf(long number) {
      return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
  }

  /** A member: its log is the common one. */
  private final class Member extends SimulatedNode {
    private final List<Frame> feed = new ArrayList<>();
    private StatusService service;
    private long fedVersion;
    private int index;
    private int mapIndex;

    private Member(String name) {
      super(name);
    }

    private void start() {
      start(random.nextInt(6) == 0);
    }

    private void start(boolean maySnapshotBeDamaged) {
      final Snapshot snapshot = newestUsable();
      final int from = snapshot == null ? 0 : snapshot.index();
      final boolean isLogShort = stoppedAt > from && random.nextInt(8) == 0;
      final int trusted = isLogShort ? from + random.nextInt(stoppedAt - from) : log.size();
      open();
      service = new StatusService(state, Optional.empty(), position(trusted), false);
      final List<byte[]> messages =
          snapshot == null
              ? null
              : maySnapshotBeDamaged ? damaged(snapshot.messages()) : snapshot.messages();
      try {
        service.recover(
            position(from),
            messages == null ? null : reader -> messages.forEach(each -> feedTo(reader, each)));
      } catch (RuntimeException e) {
        require(
            maySnapshotBeDamaged && e instanceof IllegalStateException,
            name + " could not start: " + e);
        event(name + " refuses a snapshot: " + e.getMessage());
        die();
        return;
      }
      final boolean isWhole = stoppedAt >= from && stoppedAt <= trusted;
      if (!isTampered) {
        requireEqual(isWhole, service.wasWhole(), name + "'s map is whole");
      }
      mapIndex = service.wasWhole() ? stoppedAt : from;
      index = from;
      stoppedAt = -1;
      if (mapIndex == 0) {
        service.onNewLeadershipTermEvent(
            1,
            0,
            START_MILLIS,
            0,
            0,
            1,
            TimeUnit.MILLISECONDS,
            StatusService.appVersion(firstProtocol));
      }
      event(name + " starts at " + from + ", its map at " + mapIndex);
      check(mapIndex);
      if (fedVersion < state.map().version()) {
        feed.clear();
        fedVersion = state.map().version();
      }
    }

    private Snapshot newestUsable() {
      Snapshot chosen = null;
      for (final Snapshot each : snapshots) {
        if (each.index() >= purged && (chosen == null || random.nextInt(4) != 0)) {
          chosen = each;
        }
      }
      require(chosen != null || purged == 0, "the log was purged without a snapshot");
      return chosen;
    }

    private void takeMessages(int count) {
      if (state == null) {
        start();
      }
      for (int i = 0; state != null && i < count && index < log.size(); i++) {
        takeMessage();
      }
    }

    private void takeMessage() {
      final Entry entry = log.get(index);
      if (index == upgradeIndex) {
        service.onNewLeadershipTermEvent(
            2,
            position(index),
            entry.timestamp(),
            0,
            0,
            1,
            TimeUnit.MILLISECONDS,
            StatusService.appVersion(ReplicatedState.PROTOCOL));
      }
      final UnsafeBuffer message = new UnsafeBuffer(entry.message());
      final long before = state.map().version();
      service.onSessionMessage(
          null, entry.timestamp(), message, 0, message.capacity(), header(position(index + 1)));
      index++;
      if (index <= mapIndex) {
        requireEqual(before, state.map().version(), name + "'s version while it skips");
        return;
      }
      mapIndex = index;
      final Answer reply = readReply();
      checkReply(entry.answer(), reply);
      requireEqual(position(index), state.map().logPosition(), name + "'s log position");
      check(index);
      tellFeed(entry, before);
      if (this == members.get(leader)) {
        final Runnable client = expected.get(index - 1);
        if (client != null) {
          carry(
              () -> {
                heard = reply;
                client.run();
              });
        }
      }
    }

    private void tellFeed(Entry entry, long before) {
      final long version = state.map().version();
      if (version > before && version > fedVersion) {
        feed.add(
            new Frame(
                before + 1,
                index - 1,
                SimulatedMessages.frame(
                    before + 1,
                    version,
                    state.map().digest(),
                    entry.timestamp(),
                    entry.message())));
        fedVersion = version;
      }
    }

    private Answer readReply() {
      final BatchReplyDecoder reply = new BatchReplyDecoder();
      reply.wrapAndApplyHeader(state.reply(), 0, new MessageHeaderDecoder());
      final byte[] codes = new byte[reply.outcomesLength()];
      reply.getOutcomes(codes, 0, codes.length);
      final List<Outcome> outcomes = new ArrayList<>();
      for (int i = 0; i < reply.commandCount(); i++) {
        outcomes.add(codes.length == 0 ? Outcome.APPLIED : Outcome.ofCode(codes[i]));
      }
      final Verdict verdict = Verdict.valueOf(reply.status().name());
      return new Answer(
          verdict,
          reply.firstVersion(),
          reply.nextSequence(),
          verdict == Verdict.DONE ? outcomes : List.of(),
          false);
    }

    private void checkReply(Answer due, Answer reply) {
      requireEqual(due.verdict(), reply.verdict(), name + "'s answer");
      if (due.verdict() != Verdict.UNREADABLE) {
        requireEqual(due.firstVersion(), reply.firstVersion(), name + "'s first version");
        requireEqual(due.next(), reply.next(), name + "'s next sequence");
        requireEqual(due.outcomes(), reply.outcomes(), name + "'s outcomes");
      }
    }

    private void snapshot() {
      if (state != null && index >= mapIndex) {
        snapshot(random.nextInt(4) == 0 ? random.nextInt(10) : Integer.MAX_VALUE);
      }
    }

    private void snapshot(int dyingAt) {
      final List<byte[]> messages = new ArrayList<>();
      try {
        new SnapshotWriter(
                state,
                (buffer, offset, length) -> {
                  if (messages.size() == dyingAt) {
                    throw new IllegalStateException("cut short");
                  }
                  final byte[] copy = new byte[length];
                  buffer.getBytes(offset, copy);
                  messages.add(copy);
                })
            .write(position(index), now, true);
        snapshots.add(new Snapshot(this, index, messages));
        event(name + " takes a snapshot at " + index);
      } catch (IllegalStateException e) {
        event(name + " takes a snapshot and does not end it");
        die();
      }
    }

    private void fault() {
      if (state == null) {
        return;
      }
      final int dice = random.nextInt(4);
      if (dice == 0) {
        die();
        if (random.nextInt(3) == 0) {
          wipe();
        }
      } else if (dice == 1 && index >= mapIndex) {
        stop(index, !service.isBroken());
      } else if (dice == 2 && index >= mapIndex) {
        leaveForAMoment();
      } else if (feed.size() > 2 && hasSnapshotFrom(feed.get(feed.size() / 2).firstVersion())) {
        event(name + " purges half of its feed");
        feed.subList(0, feed.size() / 2).clear();
      }
    }

    private boolean hasSnapshotFrom(long version) {
      return snapshots.stream()
          .anyMatch(
              each ->
                  each.by() == this
                      && each.index() > 0
                      && log.get(each.index() - 1).versionAfter() + 1 >= version);
    }

    /** The disk is new: no map, no feed. */
    private void wipe() {
      event(name + "'s disk is wiped");
      feed.clear();
      fedVersion = 0;
      copiedAt = -1;
      if (home != null) {
        IoUtil.delete(home.toFile(), true);
      }
    }

    /** Leaves the cluster and joins it again with the state it has. */
    private void leaveForAMoment() {
      final Snapshot snapshot = newestUsable();
      final int from = snapshot == null ? 0 : snapshot.index();
      if (from > index) {
        return;
      }
      event(name + " leaves at " + index + " and is back from " + from);
      service = new StatusService(state, Optional.empty(), position(log.size()), true);
      service.recover(position(from), null);
      require(service.wasWhole(), name + " has forgotten its own state");
      mapIndex = index;
      index = from;
    }
  }

  /** A replica: it has nothing but feeds and snapshots. */
  private final class Replica extends SimulatedNode {
    private FeedApplier applier;
    private Member source;
    private int at;
    private long firstFollowed;

    private Replica(String name) {
      super(name);
    }

    private int index() {
      final long version = state.map().version();
      int low = 0;
      while (low < log.size() && (low == 0 ? 0 : log.get(low - 1).versionAfter()) < version) {
        low++;
      }
      return low;
    }

    private void start() {
      open();
      final boolean isWhole = StateFile.reopen(state);
      if (!isWhole && state.map().version() != 0) {
        state.reset();
      }
      if (!isTampered) {
        requireEqual(stoppedAt >= 0, isWhole, name + "'s map is whole");
      }
      event(name + " starts at version " + state.map().version());
      check(isWhole ? stoppedAt : 0);
      stoppedAt = -1;
      source = null;
      applier = new FeedApplier(state, isWhole, () -> now);
      requireEqual(isWhole, applier.isServing(), name + " serves");
    }

    private void follow(int frames) {
      if (state == null) {
        start();
      }
      if (source == null || source.state == null || random.nextInt(30) == 0) {
        connect(members.get(random.nextInt(MEMBERS)));
      }
      for (int i = 0; source != null && i < frames; i++) {
        read();
      }
    }

    private void connect(Member member) {
      source = null;
      if (member.state == null) {
        return;
      }
      if (!applier.isSound() || startsAfter(member)) {
        takeSnapshot(member);
        if (!applier.isSound() || startsAfter(member)) {
          return;
        }
      }
      source = member;
      at = 0;
      while (at + 1 < member.feed.size()
          && member.feed.get(at + 1).firstVersion() <= state.map().version() + 1) {
        at++;
      }
      at = Math.max(0, at - random.nextInt(4));
      firstFollowed = member.feed.isEmpty() ? 0 : member.feed.get(0).firstVersion();
    }

    private boolean startsAfter(Member member) {
      return !member.feed.isEmpty()
          && member.feed.get(0).firstVersion() > state.map().version() + 1;
    }

    private void takeSnapshot(Member member) {
      Snapshot newest = null;
      for (final Snapshot each : snapshots) {
        newest = each.by() == member ? each : newest;
      }
      if (newest == null) {
        if (!applier.isSound()) {
          applier.makeAnew();
        }
        return;
      }
      final boolean isDamaged = random.nextInt(6) == 0;
      final List<byte[]> messages = isDamaged ? damaged(newest.messages()) : newest.messages();
      final int brokenOffAt =
          random.nextInt(6) == 0 ? random.nextInt(messages.size() + 1) : Integer.MAX_VALUE;
      final List<String> known = new ArrayList<>(model.sheets().keySet());
      known.removeIf(key -> sheetOf(key) == null);
      final boolean wasSound = applier.isSound();
      final long version = state.map().version();
      final long due = newest.index() == 0 ? 0 : log.get(newest.index() - 1).versionAfter();
      final SnapshotReader reader = applier.beginSnapshot();
      try {
        for (int i = 0; i < messages.size() && i < brokenOffAt; i++) {
          feedTo(reader, messages.get(i));
          if (!reader.isDone()) {
            for (final String key : known) {
              require(sheetOf(key) != null, name + " forgets " + key + " in a snapshot");
            }
          }
        }
        if (brokenOffAt < messages.size()) {
          event(name + "'s taking of a snapshot breaks off");
          return;
        }
        applier.endSnapshot(reader);
        event(name + " takes a snapshot of " + newest.index() + " over");
        check(newest.index());
      } catch (IllegalStateException e) {
        require(isDamaged || !wasSound || due < version, name + " can't take a snapshot: " + e);
        event(name + " refuses a snapshot: " + e.getMessage());
        final boolean hasStarted = reader.hasStarted();
        applier.refuseSnapshot(reader);
        requireEqual(hasStarted ? 0 : version, state.map().version(), name + "'s version then");
        require(hasStarted || applier.isSound() == wasSound, name + "'s soundness then");
        if (hasStarted || wasSound) {
          check(index());
        }
      }
    }

    private void read() {
      if (!source.feed.isEmpty() && source.feed.get(0).firstVersion() != firstFollowed) {
        source = null;
        return;
      }
      if (at >= source.feed.size()) {
        readMark();
        return;
      }
      final Frame frame = source.feed.get(at);
      at++;
      final int dice = random.nextInt(60);
      if (dice == 0) {
        event(name + " misses a frame");
        return;
      }
      final long version = state.map().version();
      final long last = log.get(frame.index()).versionAfter();
      final UnsafeBuffer bytes = new UnsafeBuffer(frame.bytes().clone());
      final boolean isLie = dice == 1 && version + 1 == frame.firstVersion();
      if (isLie) {
        bytes.putLong(SimulatedMessages.FRAME_DIGEST_OFFSET, random.nextLong());
      }
      try {
        applier.onFrame(bytes, 0, bytes.capacity(), true);
      } catch (GapException e) {
        require(frame.firstVersion() > version + 1, name + " sees a gap: " + e.getMessage());
        requireEqual(version, state.map().version(), name + "'s version at a gap");
        source = null;
        return;
      } catch (IllegalStateException e) {
        require(isLie, name + " can't apply a frame: " + e.getMessage());
        require(!applier.isServing(), name + " serves what is wrong");
        event(name + " is told another digest");
        check(0);
        source = null;
        return;
      }
      require(!isLie, name + " believes a digest that is another");
      require(frame.firstVersion() <= version + 1, name + " jumps over a gap");
      if (last > version) {
        check(frame.index() + 1);
      } else {
        requireEqual(version, state.map().version(), name + "'s version at what it has");
      }
    }

    private void readMark() {
      final long version = source.state.map().version();
      final byte[] mark = SimulatedMessages.mark(version, source.state.map().digest(), now);
      final long own = state.map().version();
      if (version < source.fedVersion) {
        return;
      }
      try {
        // A member that is behind says so: the mark's time, and not that it is up to date.
        applier.onFrame(new UnsafeBuffer(mark), 0, mark.length, source.index == log.size());
        require(version <= own, name + " does not see that it is behind");
        if (version == own) {
          require(applier.isServing(), name + " is up to date and does not serve");
        }
      } catch (GapException e) {
        require(version > own, name + " sees a gap: " + e.getMessage());
        source = null;
      }
    }

    private void fault() {
      if (state == null) {
        return;
      }
      source = null;
      if (random.nextBoolean()) {
        die();
      } else {
        stop(applier.isSound() ? index() : -1, applier.isSound());
      }
    }
  }

  private static void feedTo(SnapshotReader reader, byte[] message) {
    if (!reader.isDone()) {
      reader.onMessage(new UnsafeBuffer(message), 0, message.length);
    }
  }

  private List<byte[]> damaged(List<byte[]> messages) {
    final List<byte[]> copy = new ArrayList<>();
    messages.forEach(each -> copy.add(each.clone()));
    final int which = random.nextInt(copy.size());
    final byte[] message = copy.get(which);
    switch (random.nextInt(4)) {
      case 0 -> message[random.nextInt(message.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy.remove(which);
      case 2 -> copy.set(which, Arrays.copyOf(message, random.nextInt(message.length)));
      default -> copy.subList(which, copy.size()).clear();
    }
    return copy;
  }

  private void purge() {
    if (snapshots.size() > 1) {
      final Snapshot older = snapshots.get(random.nextInt(snapshots.size() - 1));
      if (older.index() > purged) {
        event("the log is purged up to " + older.index());
        purged = older.index();
      }
    }
  }

  private static long position(int index) {
    return (long) index * POSITION_STRIDE;
  }

  private static Header header(long position) {
    final UnsafeBuffer frame = new UnsafeBuffer(new byte[DataHeaderFlyweight.HEADER_LENGTH]);
    final long start = position - POSITION_STRIDE;
    frame.putInt(FrameDescriptor.lengthOffset(0), POSITION_STRIDE, ByteOrder.LITTLE_ENDIAN);
    frame.putInt(
        DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET,
        (int) (start & ((1 << TERM_BITS) - 1)),
        ByteOrder.LITTLE_ENDIAN);
    frame.putInt(
        DataHeaderFlyweight.TERM_ID_FIELD_OFFSET,
        (int) (start >>> TERM_BITS),
        ByteOrder.LITTLE_ENDIAN);
    final Header header = new Header(0, TERM_BITS, null);
    header.buffer(frame);
    header.offset(0);
    return header;
  }

  /** No more faults: every message gets its answer, every node comes back and catches up. */
  private void settle() {
    event("quiet");
    leader = 0;
    for (final Member member : members) {
      if (member.state == null) {
        member.start(false);
      }
      member.takeMessages(Integer.MAX_VALUE);
    }
    for (final Client client : clients) {
      for (final Sent message : client.sent) {
        client.arrive(message);
        members.get(0).takeMessages(Integer.MAX_VALUE);
        heard = members.get(0).readReply();
        client.onReply(message, heard);
        require(message.isAnswered, "a message has no answer in the end");
      }
    }
    network.clear();
    requireEqual(commandsSent, model.version(), "the last version");
    for (final Member member : members) {
      member.takeMessages(Integer.MAX_VALUE);
      member.checkAll();
      member.snapshot();
      if (member.state == null) {
        member.start(false);
        member.takeMessages(Integer.MAX_VALUE);
        member.checkAll();
      }
    }
    for (final Replica replica : replicas) {
      if (replica.state == null) {
        replica.start();
      }
      for (int i = 0; replica.state.map().version() < model.version(); i++) {
        require(i < 2_000, replica.name + " does not catch up");
        if (i % MEMBERS == 0 && i > 0) {
          members.get(random.nextInt(MEMBERS)).snapshot(Integer.MAX_VALUE);
        }
        replica.follow(log.size());
      }
      replica.checkAll();
      require(replica.applier.isSound(), replica.name + " is not sound in the end");
    }
  }

  @Override
  public void close() {
    opened.forEach(Simulation::closeQuietly);
    if (directory != null) {
      IoUtil.delete(directory.toFile(), true);
    }
  }

  private static void closeQuietly(AutoCloseable map) {
    ((StatusMap) map).close(false);
  }
}
