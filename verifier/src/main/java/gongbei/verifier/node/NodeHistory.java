package gongbei.verifier.node;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.FileFault;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.context.ClusterContext;
import gongbei.replication.history.HistoryLog;
import gongbei.replication.history.HistorySettings;
import gongbei.replication.history.PublishedHistory;
import gongbei.replication.machine.HistorySink;
import gongbei.verifier.config.HistoryConfig;
import gongbei.verifier.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The history that a node keeps of what every version changed, its heads signed by the key that
 * signs the node's codes.
 */
public final class NodeHistory implements AutoCloseable {
  private static final long MILLIS_A_SECOND = 1_000;

  private final CodeFormat format;
  private final HistoryLog log;
  private volatile Supplier<Optional<SigningKey>> keys = Optional::empty;

  private NodeHistory(NodeConfig config, HistorySettings settings) throws IOException {
    final HistoryConfig kept = config.history();
    format = Node.format(config);
    log =
        HistoryLog.open(
            settings
                .keepsEntries(kept.keep())
                .keep(Duration.ofDays(kept.keepDays()))
                .segmentEntries(kept.segmentEntries())
                .forces(config.replication().fileSyncLevel() > 0)
                .keys(() -> keys.get()));
  }

  /** A history in memory, whatever the configuration's directory. */
  static NodeHistory inMemory(NodeConfig config) {
    try {
      return new NodeHistory(config, new HistorySettings(config.region()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The history of a node: beside its log, or in memory where that is. */
  static NodeHistory of(NodeConfig config) throws NodeException {
    if (config.dataDirectory().isEmpty()) {
      return inMemory(config);
    }
    try {
      return new NodeHistory(
          config,
          new HistorySettings(config.region())
              .directory(config.dataDirectory().get().resolve(ClusterContext.HISTORY)));
    } catch (IOException e) {
      throw new NodeException("the history can't be opened: " + FileFault.reasonOf(e));
    }
  }

  /** Has heads signed from now on: by the key that would sign a code, where it is trusted. */
  void signWith(TrustStore trust, Optional<SigningKeys> signing) {
    signing.ifPresent(
        given -> {
          final SigningKeys trusted = given.trustedBy(trust::current);
          keys = () -> current(trusted);
        });
  }

  private Optional<SigningKey> current(SigningKeys trusted) {
    return Optional.ofNullable(
        trusted.current(format, System.currentTimeMillis() / MILLIS_A_SECOND));
  }

  /** What the log tells. */
  HistorySink sink() {
    return log;
  }

  /** The history itself. */
  public HistoryLog log() {
    return log;
  }

  /** What anybody may read of it. */
  public PublishedHistory published() {
    return log.published();
  }

  @Override
  public void close() {
    log.close();
  }
}
