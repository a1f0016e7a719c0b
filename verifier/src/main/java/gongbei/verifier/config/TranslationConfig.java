package gongbei.verifier.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * How codes of the other region are made into codes of this one.
 *
 * @param tableDirectory holds {@code gd-to-mo.yaml} or {@code mo-to-gd.yaml}; null (default) takes
 *     the one shipped
 * @param auditFile where receipts are kept; null (default) is {@code audit.jsonl} in the data
 *     directory, or without one in memory, where the last lines are kept
 * @param auditMebibytes the most that the receipts take of a disk, in MiB, closed files that are
 *     still there included; once half of it is taken, refusals leave no more receipts, and once all
 *     of it is, nothing is translated; default {@link Limits#DEFAULT_AUDIT_MEBIBYTES}
 * @param auditFileMebibytes the size from which on the audit file is closed under another name and
 *     another is begun, in MiB, and no more than a quarter of {@code auditMebibytes}; default
 *     {@link Limits#DEFAULT_AUDIT_FILE_MEBIBYTES}
 * @param otherWallet the address of the other region's wallet page, {@code http} or {@code https},
 *     where this region's wallet sends holders who cross; null (default) sends them nowhere
 */
public record TranslationConfig(
    Path tableDirectory,
    Path auditFile,
    Integer auditMebibytes,
    Integer auditFileMebibytes,
    URI otherWallet) {
  public TranslationConfig {
    auditMebibytes = auditMebibytes == null ? Limits.DEFAULT_AUDIT_MEBIBYTES : auditMebibytes;
    NodeConfig.requireRange("auditMebibytes", auditMebibytes, 1, Limits.MAX_AUDIT_MEBIBYTES);
    auditFileMebibytes =
        auditFileMebibytes == null ? Limits.DEFAULT_AUDIT_FILE_MEBIBYTES : auditFileMebibytes;
    NodeConfig.requireRange(
        "auditFileMebibytes", auditFileMebibytes, 1, Limits.MAX_AUDIT_MEBIBYTES);
    if (otherWallet != null
        && (otherWallet.getHost() == null
            || otherWallet.getFragment() != null
            || !List.of("http", "https").contains(otherWallet.getScheme()))) {
      throw new IllegalArgumentException("otherWallet is no http or https address of a page");
    }
  }

  TranslationConfig resolvedAgainst(Path base) {
    return new TranslationConfig(
        NodeConfig.resolve(base, tableDirectory),
        NodeConfig.resolve(base, auditFile),
        auditMebibytes,
        auditFileMebibytes,
        otherWallet);
  }

  /** Every setting at its default. */
  public static TranslationConfig defaults() {
    return new TranslationConfig(null, null, null, null, null);
  }
}
