package gongbei.verifier;

/** Certificates of the EU's JSON schema, as foreign issuers sign them. */
public final class ForeignCertificates {
  private ForeignCertificates() {}

  /** A certificate with those members beside whom it is about; {@code '} stands for a quote. */
  public static String of(String members) {
    return ("{'ver':'1.3.0','dob':'1970-01-01','nam':{'fnt':'A'}," + members + "}")
        .replace('\'', '"');
  }

  /** A vaccination of so many doses, of a series of three. */
  public static String vaccination(int doses) {
    return of("'v':[{'tg':'840539006','dn':" + doses + ",'sd':3,'dt':'2021-06-01'}]");
  }

  /**
   * A test.
   *
   * @param kind {@code tt}
   * @param result {@code tr}
   * @param sampled {@code sc}
   */
  public static String test(String kind, String result, String sampled) {
    return of(
        "'t':[{'tg':'840539006','tt':'"
            + kind
            + "','tr':'"
            + result
            + "','sc':'"
            + sampled
            + "'}]");
  }
}
