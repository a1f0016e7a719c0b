package gongbei.codec.trust.published;

/** The forms in which trust lists are published. */
public enum ListFormat {
  /** The WHO's trust list of the GDHCN, a DID document. */
  WHO_DID("who-did"),
  /** The EU gateway's list of certificates, JSON. */
  DGC_GATEWAY("dgc-gateway"),
  /** Certificates in PEM or DER. */
  PEM("pem"),
  /** The issuers of SMART Health Cards and their keys, JSON. */
  SHC_ISSUERS("shc-issuers");

  private final String wireName;

  ListFormat(String wireName) {
    this.wireName = wireName;
  }

  /** The name on the command line. */
  public String wireName() {
    return wireName;
  }

  /** The format of that name, or null. */
  public static ListFormat ofWireName(String name) {
    for (final ListFormat format : values()) {
      if (format.wireName.equals(name)) {
        return format;
      }
    }
    return null;
  }
}
