package gongbei.verifier.node;

import gongbei.codec.translate.CodeTranslator;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.audit.AuditException;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.audit.AuditRoom;
import gongbei.verifier.audit.KnownDocuments;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.translate.TableException;
import gongbei.verifier.translate.TranslationService;
import gongbei.verifier.translate.TranslationTables;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What a node knows documents and translates codes of the other region with. A node that is given
 * it closes the audit log with itself.
 *
 * @param secret the region's, by which visitors get their subjects
 * @param tables what claims become
 * @param audit where receipts go
 * @param lookups checkpoints that may look holders up by document, empty for nobody
 */
public record TranslationSetup(
    SubjectSecret secret, TranslationTables tables, AuditLog audit, Optional<TrustStore> lookups) {
  private static final String AUDIT_FILE = "audit.jsonl";

  /** Reads what a configuration names; empty where it names no secret. */
  static Optional<TranslationSetup> of(NodeConfig config)
      throws TrustException, TableException, AuditException {
    if (config.subjectSecretFile().isEmpty()) {
      return Optional.empty();
    }
    final SubjectSecret secret = SubjectSecret.read(config.subjectSecretFile().get());
    final TranslationTables tables =
        config.translation().tableDirectory() == null
            ? TranslationTables.shipped(Node.format(config))
            : TranslationTables.ofDirectory(
                config.translation().tableDirectory(), Node.format(config));
    final Optional<TrustStore> lookups =
        config.lookupDirectory().isEmpty()
            ? Optional.empty()
            : Optional.of(TrustStore.ofAuthorities(config.lookupDirectory().get()));
    return Optional.of(new TranslationSetup(secret, tables, audit(config), lookups));
  }

  /** What holders who show a document are found by. */
  public KnownDocuments documents() {
    return new KnownDocuments(secret, audit);
  }

  /** Starts the service that translates with keys. */
  TranslationService open(
      NodeConfig config, NodeResources resources, SignatureEngines engines, SigningKeys keys) {
    return new TranslationService(
        new CodeTranslator.Context(Node.format(config), secret)
            .trust(resources.trust()::current)
            .engine(engines::engine)
            .table(tables::current)
            .clockSkewSeconds(config.clockSkewSeconds()),
        keys,
        resources.statusMap(),
        resources.log(),
        audit,
        () -> Instant.now().getEpochSecond());
  }

  private static AuditLog audit(NodeConfig config) throws AuditException {
    final Optional<Path> data = config.dataDirectory();
    final Optional<Path> file =
        Optional.ofNullable(config.translation().auditFile())
            .or(() -> data.map(directory -> directory.resolve(AUDIT_FILE)));
    if (file.isEmpty()) {
      return AuditLog.inMemory(config.region());
    }
    final long most = (long) config.translation().auditMebibytes() << 20;
    return AuditLog.ofFile(
        file.get(),
        config.region(),
        AuditRoom.beside(most, file.get(), data, spared(config.replication().lowStorageBytes()))
            .inFilesOf(
                Math.min(
                    (long) config.translation().auditFileMebibytes() << 20,
                    most / Limits.AUDIT_FILES_AT_LEAST)));
  }

  /** What receipts leave free on the log's disk: more than the least that the log itself wants. */
  private static long spared(long lowStorageBytes) {
    return lowStorageBytes > Long.MAX_VALUE / Limits.AUDIT_LEAVES_LOW_STORAGES
        ? Long.MAX_VALUE
        : lowStorageBytes * Limits.AUDIT_LEAVES_LOW_STORAGES;
  }
}
