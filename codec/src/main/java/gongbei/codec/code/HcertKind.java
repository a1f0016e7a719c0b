package gongbei.codec.code;

/**
 * The kinds of certificate that an {@code HC1} code may hold, by their keys under claim -260: the
 * registry of the WHO's hcert specification (§3.2.7.1), and its draft of a minimal digital
 * vaccination certificate. The order is that in which they are looked for.
 */
public enum HcertKind {
  /** The EU Digital COVID Certificate. Its {@code exp} must be there. */
  DCC(1, "dcc"),
  /** The WHO's documentation of a COVID-19 vaccination; its {@code period} may stand for exp. */
  DDCC_VACCINATION(3, "ddcc-vs"),
  /** The WHO's documentation of a COVID-19 test; its {@code period} may stand for exp. */
  DDCC_TEST(4, "ddcc-tr"),
  /** A SMART Health Link, which says where a document is. Nothing is fetched. */
  LINK(5, "link"),
  /** The WHO's digital vaccination certificate; {@code vls} and {@code vle} may stand for exp. */
  DVC(-6, "dvc");

  private static final HcertKind[] ALL = values();

  private final int key;
  private final String wireName;

  HcertKind(int key, String wireName) {
    this.key = key;
    this.wireName = wireName;
  }

  /** The key under claim -260. */
  public int key() {
    return key;
  }

  /** The name in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Whether a certificate of the kind never lacks {@code exp}. */
  boolean requiresExpiry() {
    return this == DCC;
  }

  /** The kind of that key, or null. */
  static HcertKind ofKey(long key) {
    for (final HcertKind kind : ALL) {
      if (kind.key == key) {
        return kind;
      }
    }
    return null;
  }
}
