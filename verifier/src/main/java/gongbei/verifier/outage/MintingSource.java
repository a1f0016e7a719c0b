package gongbei.verifier.outage;

/** Somewhere that codes are minted, as a watch sees it. For one thread, where it does not say. */
public interface MintingSource {
  /** How minting is there. */
  enum Health {
    /** Codes are minted. */
    WORKING,
    /** No code is minted. */
    FAILING,
    /** It has not been asked yet. */
    UNKNOWN
  }

  /** Looks, or says what the last look has found, and returns at once. */
  Health look();
}
