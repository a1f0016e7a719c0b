package gongbei.verifier.revocation;

/** The code that is looked up, as far as lists differ in what they are about. For one thread. */
public final class Presented {
  /** The kid of the key that has signed it. */
  long kid;

  /** Whose key it is. */
  String country = "";

  /** When it was issued, in epoch seconds; the earliest time where it does not say. */
  long issuedAt;

  /** The time that counts, in epoch seconds. */
  long at;

  /** Sets what is known of the code. */
  public Presented of(long signerKid, String signerCountry, long issuedAtSeconds, long atSeconds) {
    kid = signerKid;
    country = signerCountry;
    issuedAt = issuedAtSeconds;
    at = atSeconds;
    return this;
  }
}
