package gongbei.replication.machine;

import gongbei.replication.command.Applied.Outcome;
import gongbei.replication.command.CommandKind;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import java.util.Arrays;

/**
 * What a version changed, and who answers for it: a flyweight that {@link HistorySink} receives,
 * valid during the call. For the applier's thread.
 */
public final class HistoryChange {
  /** The ground of what was applied by a protocol that knew no grounds. */
  public static final int BEFORE_HISTORY = 0;

  private final byte[] subject = new byte[Subject.BYTES];
  private final StatusRecord before = new StatusRecord();
  private final StatusRecord after = new StatusRecord();
  private long version;
  private int kind;
  private Outcome outcome = Outcome.INVALID;
  private long authority;
  private long secondAuthority;
  private int ground;
  private long logEpochSeconds;
  private boolean wasKnown;
  private boolean isCounted;
  private boolean isBeforeHistory;
  private boolean isMarked;

  HistoryChange() {}

  /** The version: 1, 2, 3 … without gaps. */
  public long version() {
    return version;
  }

  /** A constant of {@link CommandKind}, or any other byte where the change was refused for it. */
  public int kind() {
    return kind;
  }

  /** What became of the change. */
  public Outcome outcome() {
    return outcome;
  }

  /** The 16 bytes of whose status it is, not to be changed; zero for documents. */
  public byte[] subject() {
    return subject;
  }

  /** The status before, as it was stored, not to be changed; zero where there was none. */
  public StatusRecord before() {
    return before;
  }

  /** The status after, not to be changed; as {@link #before} where nothing was changed. */
  public StatusRecord after() {
    return after;
  }

  /** Whether the holder was known before. */
  public boolean wasKnown() {
    return wasKnown;
  }

  /** The id of the key that signed the change; 0 where nobody has. */
  public long authority() {
    return authority;
  }

  /** The id of the second key that signed the change; 0 where there is none. */
  public long secondAuthority() {
    return secondAuthority;
  }

  /**
   * The number of its ground in the table of grounds: the one that counts where none was stated.
   * {@link #BEFORE_HISTORY} for changes of protocols before 7, and documents that state none.
   */
  public int ground() {
    return ground;
  }

  /** The log's time, in seconds since 1970; 0 where it is not known. */
  public long logEpochSeconds() {
    return logEpochSeconds;
  }

  /** The version that changed the same holder last; 0 where there is none. */
  public long previousVersion() {
    return before.version();
  }

  /** Whether it counted towards the ceilings of its ground. */
  public boolean isCounted() {
    return isCounted;
  }

  void counted(boolean counts) {
    isCounted = counts;
  }

  /** Whether it said of a holder for the first time that they are dead. */
  public boolean isDeath() {
    return Restriction.isDeath(before, after);
  }

  /** Whether it revoked codes that counted. */
  public boolean isRevocation() {
    return Restriction.isRevocation(before, after);
  }

  /** Whether it took doses or a negative test away, or put an older test in its place. */
  public boolean isTaking() {
    return Restriction.isTaking(before, after);
  }

  /**
   * Whether the history marks deaths and what was taken away: entries of earlier protocols stay as
   * they were made.
   */
  public boolean isMarked() {
    return isMarked;
  }

  /**
   * Whether a protocol that knew no grounds has applied it: nodes that were upgraded in place have
   * nothing of it, so nobody keeps it.
   */
  public boolean isBeforeHistory() {
    return isBeforeHistory;
  }

  /** Sets what version of the protocol its message is of. */
  HistoryChange protocol(int version) {
    isBeforeHistory = version < ReplicatedState.GROUND_PROTOCOL;
    isMarked = version >= ReplicatedState.EFFECT_PROTOCOL;
    return this;
  }

  /** Begins the change of a message at a time of the log. */
  HistoryChange at(long epochSeconds) {
    logEpochSeconds = epochSeconds;
    return this;
  }

  /** Sets who answers for it. */
  HistoryChange origin(long first, int of, long second) {
    authority = first;
    ground = of;
    secondAuthority = second;
    return this;
  }

  void wasKnown(boolean known) {
    wasKnown = known;
  }

  /** Makes it that of a document, which is nobody's status. */
  void clearStatus() {
    Arrays.fill(subject, (byte) 0);
    before.reset();
    after.reset();
    wasKnown = false;
    isCounted = false;
  }

  /** Sets what became of it. */
  HistoryChange done(long given, int of, Outcome what) {
    version = given;
    kind = of;
    outcome = what;
    return this;
  }
}
