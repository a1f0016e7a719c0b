package gongbei.replication.cluster;

import gongbei.replication.cluster.PlainModel.Holder;
import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Appeals as their documentation describes them, sharing no code with what opens and closes them:
 * one a change, opened by who is not green, closed once.
 */
final class PlainAppeals {
  static final int OPEN = 0;
  static final int GRANTED = 1;
  static final int REFUSED = 2;

  private static final int BYTES = 69;
  private static final int REASONS = 7;
  private static final int REFUSALS = 6;
  private static final long LAST_SECOND = 253_402_300_799L;

  private final Map<Long, Plain> appeals = new TreeMap<>();

  /** One appeal; its decision is zero while nothing has come of it. */
  private record Plain(
      Subject subject,
      long authority,
      short ground,
      byte reason,
      long opened,
      long due,
      int state,
      byte refusal,
      long by,
      long at,
      long version) {
    private Plain decided(int asState, byte why, long decidedBy, long seconds, long given) {
      return new Plain(
          subject, authority, ground, reason, opened, due, asState, why, decidedBy, seconds, given);
    }
  }

  /** What became of a command, whom it was of where that could be read, and what stands now. */
  record Put(Outcome outcome, Subject subject, String content) {}

  static String name(long version) {
    return text(ByteBuffer.allocate(Long.BYTES).putLong(version));
  }

  private static String text(ByteBuffer bytes) {
    final byte[] all = new byte[bytes.capacity()];
    bytes.rewind().get(all);
    return new String(all, StandardCharsets.ISO_8859_1);
  }

  private static String write(Plain appeal) {
    return text(
        ByteBuffer.allocate(BYTES)
            .put(appeal.subject().toBytes())
            .putLong(appeal.authority())
            .putShort(appeal.ground())
            .put(appeal.reason())
            .putLong(appeal.opened())
            .putLong(appeal.due())
            .put((byte) appeal.state())
            .put(appeal.refusal())
            .putLong(appeal.by())
            .putLong(appeal.at())
            .putLong(appeal.version()));
  }

  private static Plain read(String content) {
    final ByteBuffer from = ByteBuffer.wrap(content.getBytes(StandardCharsets.ISO_8859_1));
    final byte[] subject = new byte[Subject.BYTES];
    if (from.capacity() != BYTES) {
      return null;
    }
    from.get(subject);
    final Plain read =
        new Plain(
            Subject.of(subject, 0),
            from.getLong(),
            from.getShort(),
            from.get(),
            from.getLong(),
            from.getLong(),
            from.get(),
            from.get(),
            from.getLong(),
            from.getLong(),
            from.getLong());
    final boolean isOne =
        read.reason() >= 0
            && read.reason() < REASONS
            && read.opened() >= 0
            && read.opened() <= read.due()
            && read.due() <= LAST_SECOND
            && read.state() >= OPEN
            && read.state() <= REFUSED
            && read.refusal() >= 0
            && read.refusal() <= REFUSALS
            && (read.refusal() != 0) == (read.state() == REFUSED);
    return isOne ? read : null;
  }

  /** Draws an appeal of a holder, or its refusal, and writes it down; now and then spoilt. */
  static String draw(SplittableRandom random, Subject subject, boolean isRefusal) {
    final long opened = random.nextInt(1_000);
    final String content =
        write(
            new Plain(
                subject,
                random.nextInt(5),
                (short) random.nextInt(13),
                (byte) random.nextInt(REASONS),
                opened,
                opened + random.nextInt(300_000),
                isRefusal ? REFUSED : random.nextInt(20) == 0 ? GRANTED : OPEN,
                (byte) (isRefusal ? 1 + random.nextInt(REFUSALS) : 0),
                isRefusal ? random.nextInt(5) : 0,
                0,
                0));
    if (random.nextInt(20) != 0) {
      return content;
    }
    final int at = random.nextInt(BYTES);
    return content.substring(0, at) + (char) random.nextInt(256) + content.substring(at + 1);
  }

  /** Opens an appeal or refuses it. */
  Put put(String name, String content, Map<Subject, Holder> holders, long seconds, long version) {
    final Plain asked = read(content);
    if (asked == null || name.length() != Long.BYTES || asked.state() == GRANTED) {
      return new Put(Outcome.INVALID, null, null);
    }
    final long of = ByteBuffer.wrap(name.getBytes(StandardCharsets.ISO_8859_1)).getLong();
    if (of < 1) {
      return new Put(Outcome.INVALID, null, null);
    }
    final Plain standing = appeals.get(of);
    if (asked.state() == REFUSED) {
      if (standing == null || !standing.subject().equals(asked.subject())) {
        return new Put(Outcome.UNKNOWN_SUBJECT, asked.subject(), null);
      }
      return standing.state() == OPEN
          ? stands(of, standing.decided(REFUSED, asked.refusal(), asked.by(), seconds, version))
          : new Put(Outcome.SUPERSEDED, asked.subject(), null);
    }
    final Holder holder = holders.get(asked.subject());
    if (holder == null) {
      return new Put(Outcome.UNKNOWN_SUBJECT, asked.subject(), null);
    }
    if (of > holder.version()) {
      return new Put(Outcome.INVALID, asked.subject(), null);
    }
    if (standing != null || holder.at(seconds / 60).colour() == 0) {
      return new Put(Outcome.SUPERSEDED, asked.subject(), null);
    }
    return stands(
        of,
        new Plain(
            asked.subject(),
            asked.authority(),
            asked.ground(),
            asked.reason(),
            seconds,
            Math.min(LAST_SECOND, seconds + asked.due() - asked.opened()),
            OPEN,
            (byte) 0,
            asked.by(),
            asked.at(),
            asked.version()));
  }

  private Put stands(long of, Plain appeal) {
    appeals.put(of, appeal);
    return new Put(Outcome.APPLIED, appeal.subject(), write(appeal));
  }

  /** Closes the open appeals of a holder whose colour was put right; what stands then, by name. */
  Map<String, String> grant(Subject subject, long authority, long seconds, long version) {
    final Map<String, String> granted = new TreeMap<>();
    for (final Map.Entry<Long, Plain> each : appeals.entrySet()) {
      if (each.getValue().subject().equals(subject) && each.getValue().state() == OPEN) {
        each.setValue(each.getValue().decided(GRANTED, (byte) 0, authority, seconds, version));
        granted.put(name(each.getKey()), write(each.getValue()));
      }
    }
    return granted;
  }

  /** The open appeal of the change that was appealed last; 0 where none is open. */
  long lastOpen() {
    return appeals.entrySet().stream()
        .filter(each -> each.getValue().state() == OPEN)
        .mapToLong(Map.Entry::getKey)
        .max()
        .orElse(0);
  }

  /** Whose an appeal is. */
  Subject subject(long of) {
    return appeals.get(of).subject();
  }

  /** How many there are of each state. */
  List<Integer> counts() {
    final List<Integer> counts = new ArrayList<>(List.of(0, 0, 0));
    appeals.values().forEach(each -> counts.set(each.state(), counts.get(each.state()) + 1));
    return counts;
  }
}
