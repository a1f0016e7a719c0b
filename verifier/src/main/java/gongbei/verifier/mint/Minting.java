package gongbei.verifier.mint;

import gongbei.codec.code.CodeLimits;
import gongbei.codec.model.CodeKind;
import gongbei.replication.map.Subject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One code on its way to be minted: whose, and what came of it. Pre-allocated, one for each place
 * in the ring buffer. Owned by the thread that claimed it until it is published, then by its
 * worker.
 */
public final class Minting {
  private final byte[] subject = new byte[Subject.BYTES];
  private CodeKind kind;
  private int ttlSeconds;
  private long startEpochSeconds;
  private Listener listener;
  private Outcome outcome;
  private byte[] text = new byte[CodeLimits.MAX_PERSON_CODE_CHARACTERS];
  private int length;
  private long issuedAtEpochSeconds;
  private long refreshAtEpochMillis;

  /** What came of it. */
  public enum Outcome {
    /** {@link Minting#text} is the code. */
    MINTED,
    /** The map knows no such subject. */
    UNKNOWN_SUBJECT,
    /** No key of the format is valid now. */
    NO_SIGNING_KEY,
    /** The map can't be asked at the moment, or minting failed: try again. */
    BUSY
  }

  /** Who asks for a code. */
  public interface Listener {
    /** Is told what came of it, on a worker's thread: takes what it needs and returns at once. */
    void onMinted(Minting minting);

    /** Is told, once for each code of its own, that all codes of a batch have been told. */
    default void onBatchEnd() {}
  }

  /**
   * Sets whose code is asked for.
   *
   * @param holder their subject
   * @param codeKind a person's or on paper
   * @param lifeSeconds how long the code lives, 1 or more
   * @param asker who is told
   */
  public void ask(Subject holder, CodeKind codeKind, int lifeSeconds, Listener asker) {
    holder.write(subject, 0);
    kind = codeKind;
    ttlSeconds = lifeSeconds;
    listener = asker;
    outcome = Outcome.BUSY;
  }

  /**
   * Sets whose reserve code is asked for.
   *
   * @param holder their subject
   * @param startsAtEpochSeconds when the code's time begins
   * @param lifeSeconds how long it is
   * @param asker who is told
   */
  public void askReserve(
      Subject holder, long startsAtEpochSeconds, int lifeSeconds, Listener asker) {
    ask(holder, CodeKind.RESERVE, lifeSeconds, asker);
    startEpochSeconds = startsAtEpochSeconds;
  }

  byte[] subject() {
    return subject;
  }

  CodeKind kind() {
    return kind;
  }

  int ttlSeconds() {
    return ttlSeconds;
  }

  long startEpochSeconds() {
    return startEpochSeconds;
  }

  Listener listener() {
    return listener;
  }

  /**
   * Takes its code.
   *
   * @param issuedAt in seconds since 1970
   * @param draw 32 bits drawn at random, which say when its holder refreshes it
   */
  void minted(byte[] texts, int offset, int characters, long issuedAt, int draw) {
    if (characters > text.length) {
      text = new byte[characters];
    }
    System.arraycopy(texts, offset, text, 0, characters);
    length = characters;
    issuedAtEpochSeconds = issuedAt;
    refreshAtEpochMillis = RefreshMoment.epochMillis(issuedAt, ttlSeconds, draw);
    outcome = Outcome.MINTED;
  }

  void refused(Outcome why) {
    outcome = why;
  }

  void release() {
    listener = null;
    Arrays.fill(subject, (byte) 0);
  }

  /** What came of it. */
  public Outcome outcome() {
    return outcome;
  }

  /** The code. */
  public String text() {
    return new String(text, 0, length, StandardCharsets.US_ASCII);
  }

  /** The buffer whose first {@link #length} bytes are the code, in ASCII. */
  public byte[] textBytes() {
    return text;
  }

  /** How many characters the code has. */
  public int length() {
    return length;
  }

  /** When a wallet is to ask for the next code, in milliseconds since 1970. */
  public long refreshAtEpochMillis() {
    return refreshAtEpochMillis;
  }

  /** When the code expires, in seconds since 1970. */
  public long expiresAtEpochSeconds() {
    return issuedAtEpochSeconds + ttlSeconds;
  }

  /** When the code was issued, in seconds since 1970. */
  public long issuedAtEpochSeconds() {
    return issuedAtEpochSeconds;
  }
}
