package gongbei.replication.history;

import java.util.Locale;

/** Why a node signs no head of its history any more, or keeps no entries. */
public enum HistoryFault {
  /** It signs and keeps all. */
  NONE,
  /** What the log gives now is another history than the one whose head this node has signed. */
  FORK,
  /** What is kept has another root than the head that this node has signed. */
  HEAD_MISMATCH,
  /** A file is not as this node wrote it. */
  TAMPERED,
  /** A version, or the tree that a snapshot kept, does not follow what came before. */
  OUT_OF_ORDER,
  /** The files can't be written; tried again, with a gap once they can. */
  UNWRITABLE;

  /** The name in metrics and JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
