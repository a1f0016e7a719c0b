package gongbei.codec.transparency;

/** Why a history, or a proof of it, is not to be believed. */
public final class TransparencyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** What is wrong. */
  public enum Reason {
    /** A signed head has not the form of one. */
    HEAD_MALFORMED("head-malformed"),
    /** A head is signed by another key than the certificate's, or by none. */
    HEAD_KEY_UNKNOWN("head-key-unknown"),
    /** A head's signature is not that of its key. */
    HEAD_SIGNATURE_BAD("head-signature-bad"),
    /** There is no signed head. */
    HEAD_MISSING("head-missing"),
    /** The tree that the tiles make has another root than the signed head. */
    ROOT_MISMATCH("root-mismatch"),
    /** A tile is not the one that the tile above it was made for. */
    TILE_TAMPERED("tile-tampered"),
    /** A tile has another length than its width says. */
    TILE_MALFORMED("tile-malformed"),
    /** A tile that the tree needs is not there. */
    TILE_MISSING("tile-missing"),
    /** A bundle of entries has another length than its width says. */
    BUNDLE_MALFORMED("bundle-malformed"),
    /** An entry is not the one that its leaf was made for. */
    ENTRY_TAMPERED("entry-tampered"),
    /** An entry that is in the tree has not the form of one. */
    ENTRY_MALFORMED("entry-malformed"),
    /** The entries of a node's segment are not those that the tile above them was made for. */
    SEGMENT_TAMPERED("segment-tampered"),
    /** What says how a node's segments are to be read is not as it was written. */
    LAYOUT_TAMPERED("layout-tampered"),
    /** A proof has not the form of one. */
    PROOF_MALFORMED("proof-malformed"),
    /** A proof does not lead to the root that it should. */
    PROOF_INVALID("proof-invalid"),
    /** A frontier has not the form of one. */
    FRONTIER_MALFORMED("frontier-malformed"),
    /** Two signed heads can't be of one history. */
    FORK("fork");

    private final String wireName;

    Reason(String wireName) {
      this.wireName = wireName;
    }

    /** The name in JSON and on the command line. */
    public String wireName() {
      return wireName;
    }
  }

  public TransparencyException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** What is wrong. */
  public Reason reason() {
    return reason;
  }
}
