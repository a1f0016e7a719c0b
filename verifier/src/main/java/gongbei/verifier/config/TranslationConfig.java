package gongbei.verifier.config;

import java.nio.file.Path;

/**
 * How codes of the other region are made into codes of this one.
 *
 * @param tableDirectory holds {@code gd-to-mo.yaml} or {@code mo-to-gd.yaml}; null (default) takes
 *     the one shipped
 * @param auditFile where receipts are kept; null (default) is {@code audit.jsonl} in the data
 *     directory, or without one in memory, where the last lines are kept
 */
public record TranslationConfig(Path tableDirectory, Path auditFile) {
  TranslationConfig resolvedAgainst(Path base) {
    return new TranslationConfig(
        NodeConfig.resolve(base, tableDirectory), NodeConfig.resolve(base, auditFile));
  }
}
