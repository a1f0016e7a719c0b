package gongbei.verifier.revocation;

import gongbei.codec.code.CodeFormat;
import java.util.Optional;

/** The forms in which revocation lists are published, and which codes they are about. */
public enum RevocationFormat {
  /** Batches of the EU's gateway, JSON, plain or signed (CMS). */
  DGC_BATCHES("dgc-batches"),
  /** The partitions and slices of the EU's revocation distribution service. */
  DGC_PARTITIONS("dgc-partitions"),
  /** Card revocation lists of issuers of SMART Health Cards. */
  SHC_CRL("shc-crl"),
  /** A denylist of our own. */
  DENYLIST("denylist");

  private final String wireName;

  RevocationFormat(String wireName) {
    this.wireName = wireName;
  }

  /** The name on the command line and in JSON. */
  public String wireName() {
    return wireName;
  }

  /** Whether a list of this form may revoke codes of a format. */
  boolean concerns(CodeFormat code) {
    return switch (this) {
      case DGC_BATCHES, DGC_PARTITIONS -> code == CodeFormat.HC1;
      case SHC_CRL -> code == CodeFormat.SHC;
      case DENYLIST -> code.isForeign();
    };
  }

  /** The format of that name. */
  public static Optional<RevocationFormat> ofWireName(String name) {
    for (final RevocationFormat format : values()) {
      if (format.wireName.equals(name)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** The names of all, as in {@code dgc-batches, …, denylist}. */
  public static String wireNames() {
    final StringBuilder names = new StringBuilder();
    for (final RevocationFormat format : values()) {
      names.append(names.length() == 0 ? "" : ", ").append(format.wireName);
    }
    return names.toString();
  }
}
