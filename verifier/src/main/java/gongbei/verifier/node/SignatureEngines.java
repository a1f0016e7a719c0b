package gongbei.verifier.node;

import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.config.NodeConfig;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What verifies signatures: the engine that a configuration names, and its tables of multiples.
 * Those are computed on threads of their own, while the node opens its map and its log; who needs
 * them waits. For any thread.
 */
final class SignatureEngines {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  private static final Executor ASIDE =
      task -> {
        final Thread thread = new Thread(task, "gongbei-tables");
        thread.setDaemon(true);
        thread.start();
      };

  private final Optional<CompletableFuture<KeyTables>> tables;

  private SignatureEngines(Optional<CompletableFuture<KeyTables>> tables) {
    this.tables = tables;
  }

  /** The engine that is configured; begins to compute the tables of generators. */
  static SignatureEngines of(NodeConfig config) {
    final NodeConfig.SignatureTables settings = config.signatureTables();
    return new SignatureEngines(
        switch (config.signatureEngine()) {
          case FIXED_BASE ->
              Optional.of(
                  CompletableFuture.supplyAsync(
                      () ->
                          new KeyTables(
                              settings.wideBits(),
                              settings.narrowBits(),
                              (long) settings.maxMebibytes() << 20),
                      ASIDE));
          case BOUNCY_CASTLE -> Optional.empty();
        });
  }

  /** An engine for one thread. */
  SignatureEngine engine() {
    return tables().<SignatureEngine>map(FixedBaseEngine::new).orElseGet(BouncyCastleEngine::new);
  }

  /** The tables, where the engine has any. */
  Optional<KeyTables> tables() {
    return tables.map(CompletableFuture::join);
  }

  /** Begins to compute what a trust list needs that is to be in force when the node serves. */
  void begin(TrustList list) {
    ASIDE.execute(() -> prepare(list));
  }

  /**
   * Computes what the engine needs of a trust list that is not in force yet, so that no scan waits
   * for it. A fault here keeps no list out of force: the library verifies for keys without a table.
   */
  synchronized void prepare(TrustList list) {
    try {
      tables().ifPresent(each -> each.prepare(list));
    } catch (RuntimeException e) {
      LOGGER.error("Bouncy Castle verifies for keys that have no table: {}", e.toString());
    }
  }
}
