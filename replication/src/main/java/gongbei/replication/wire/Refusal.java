package gongbei.replication.wire;

import java.util.Locale;

/** Why a datagram was dropped before any parser of Aeron's saw it. */
public enum Refusal {
  /** It is too short, too long, or of another version, cipher or direction; a plain one too. */
  MALFORMED,

  /** Its sender id was not made with a secret that is valid here. */
  UNKNOWN_SENDER,

  /** It does not open: it was made up or changed. */
  FORGED,

  /** It was received before, or is older than the replay window reaches back. */
  REPLAYED,

  /**
   * It opens, but its sender has not proved yet that it is there now; a recorded one never does.
   */
  UNPROVEN;

  /** The name in metrics, such as {@code unknown-sender}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
