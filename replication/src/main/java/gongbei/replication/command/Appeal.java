package gongbei.replication.command;

import gongbei.codec.model.AppealReason;
import gongbei.codec.model.AppealRefusal;
import gongbei.replication.map.Subject;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A holder's objection to the change that made them yellow or red. It stands in the log under the
 * version of that change, so that there is one a change, and holds nothing personal: its reasons
 * are numbers of tables.
 *
 * @param version of the change that is appealed, 1 or more
 * @param cause whose change it is
 * @param decision what came of it; {@link Decision#OPEN} while nothing has
 */
public record Appeal(
    long version, Subject subject, Cause cause, AppealReason reason, Term term, Decision decision) {
  /** The bytes of an appeal, without its version, which is its name. */
  public static final int BYTES =
      Subject.BYTES + Long.BYTES + Short.BYTES + 1 + 2 * Long.BYTES + 2 + 3 * Long.BYTES;

  private static final int MAX_GROUND = 0xFFFF;

  public Appeal {
    if (version < 1) {
      throw new IllegalArgumentException("version is " + version + ", not 1 or more");
    }
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(term, "term");
    Objects.requireNonNull(decision, "decision");
  }

  /**
   * Who made the change that is appealed, and on what ground.
   *
   * @param authority the id of the key that signed it; 0 where that is not known
   * @param ground its number in the table of grounds; 0 where it is not known
   */
  public record Cause(long authority, int ground) {
    public Cause {
      if (ground < 0 || ground > MAX_GROUND) {
        throw new IllegalArgumentException("ground is " + ground + ", not from 0 to " + MAX_GROUND);
      }
    }
  }

  /**
   * The time that an authority has.
   *
   * @param openedEpochSeconds when the holder appealed
   * @param dueEpochSeconds until when it is to be decided, not before
   */
  public record Term(long openedEpochSeconds, long dueEpochSeconds) {
    public Term {
      if (openedEpochSeconds < 0 || openedEpochSeconds > dueEpochSeconds) {
        throw new IllegalArgumentException("openedEpochSeconds is not from 0 to dueEpochSeconds");
      }
      if (dueEpochSeconds > StatusCommand.MAX_EPOCH_SECONDS) {
        throw new IllegalArgumentException("dueEpochSeconds is after 9999");
      }
    }

    /** As long a time from another second on. */
    Term from(long epochSeconds) {
      return new Term(
          epochSeconds,
          Math.min(
              StatusCommand.MAX_EPOCH_SECONDS,
              epochSeconds + dueEpochSeconds - openedEpochSeconds));
    }
  }

  /** Whether, and how, an appeal is decided. */
  public enum State {
    /** Nobody has decided it. */
    OPEN(0),
    /** The colour was corrected. */
    GRANTED(1),
    /** The colour stands. */
    REFUSED(2);

    private static final State[] BY_NUMBER = values();

    private final int number;
    private final String wireName;

    State(int number) {
      this.number = number;
      wireName = name().toLowerCase(Locale.ROOT);
    }

    /** The name in JSON. */
    public String wireName() {
      return wireName;
    }
  }

  /**
   * What came of an appeal.
   *
   * @param refusal why it was refused; empty where it was not
   * @param authority the id of the key that signed the decision; 0 for none
   * @param epochSeconds when it was decided; 0 for not yet
   * @param version of the decision in the log; 0 for none
   */
  public record Decision(
      State state,
      Optional<AppealRefusal> refusal,
      long authority,
      long epochSeconds,
      long version) {
    /** Not decided. */
    public static final Decision OPEN = new Decision(State.OPEN, Optional.empty(), 0, 0, 0);

    public Decision {
      Objects.requireNonNull(state, "state");
      if (refusal.isPresent() != (state == State.REFUSED)) {
        throw new IllegalArgumentException("refusal goes with a refused appeal, and only with one");
      }
    }
  }

  /** The same, opened at another second. */
  public Appeal openedAt(long epochSeconds) {
    return new Appeal(version, subject, cause, reason, term.from(epochSeconds), decision);
  }

  /** The same, decided. */
  public Appeal decided(Decision by) {
    return new Appeal(version, subject, cause, reason, term, by);
  }

  /** Whether nothing has come of it yet. */
  public boolean isOpen() {
    return decision.state() == State.OPEN;
  }

  /** Whether it is open after its time. */
  public boolean isOverdueAt(long epochSeconds) {
    return isOpen() && epochSeconds > term.dueEpochSeconds();
  }

  /** The name that the appeal against a change stands under. */
  public static byte[] nameOf(long version) {
    return ByteBuffer.allocate(Long.BYTES).putLong(version).array();
  }

  /**
   * The appeal that stands in a document; empty where the bytes are none.
   *
   * @param name see {@link #nameOf}
   */
  public static Optional<Appeal> of(byte[] name, byte[] content) {
    if (name.length != Long.BYTES || content.length != BYTES) {
      return Optional.empty();
    }
    final ByteBuffer bytes = ByteBuffer.wrap(content);
    try {
      return Optional.of(
          new Appeal(
              ByteBuffer.wrap(name).getLong(),
              new Subject(bytes.getLong(), bytes.getLong()),
              new Cause(bytes.getLong(), bytes.getShort() & MAX_GROUND),
              AppealReason.ofNumber(bytes.get()),
              new Term(bytes.getLong(), bytes.getLong()),
              decision(bytes)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Decision decision(ByteBuffer bytes) {
    final int state = bytes.get();
    final int refusal = bytes.get();
    if (state < 0 || state >= State.BY_NUMBER.length) {
      throw new IllegalArgumentException("state is " + state);
    }
    return new Decision(
        State.BY_NUMBER[state],
        refusal == 0 ? Optional.empty() : Optional.of(AppealRefusal.ofNumber(refusal - 1)),
        bytes.getLong(),
        bytes.getLong(),
        bytes.getLong());
  }

  /** The bytes of it as a document's content. */
  public byte[] toBytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(subject.high())
        .putLong(subject.low())
        .putLong(cause.authority())
        .putShort((short) cause.ground())
        .put((byte) reason.number())
        .putLong(term.openedEpochSeconds())
        .putLong(term.dueEpochSeconds())
        .put((byte) decision.state().number)
        .put((byte) decision.refusal().map(each -> each.number() + 1).orElse(0).intValue())
        .putLong(decision.authority())
        .putLong(decision.epochSeconds())
        .putLong(decision.version())
        .array();
  }
}
