package gongbei.verifier.node;

import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.FixedBaseEngine;
import gongbei.codec.signature.KeyTables;
import gongbei.codec.signature.SignatureEngine;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.config.NodeConfig;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What verifies signatures: the engine that a configuration names, and its tables of multiples. */
final class SignatureEngines {
  private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

  private final Optional<KeyTables> tables;

  private SignatureEngines(Optional<KeyTables> tables) {
    this.tables = tables;
  }

  /** The engine that is configured, with tables for no key yet. */
  static SignatureEngines of(NodeConfig config) {
    final NodeConfig.SignatureTables settings = config.signatureTables();
    return new SignatureEngines(
        switch (config.signatureEngine()) {
          case FIXED_BASE ->
              Optional.of(
                  new KeyTables(
                      settings.wideBits(),
                      settings.narrowBits(),
                      (long) settings.maxMebibytes() << 20));
          case BOUNCY_CASTLE -> Optional.empty();
        });
  }

  /** An engine for one thread. */
  SignatureEngine engine() {
    return tables.<SignatureEngine>map(FixedBaseEngine::new).orElseGet(BouncyCastleEngine::new);
  }

  /** The tables, where the engine has any. */
  Optional<KeyTables> tables() {
    return tables;
  }

  /**
   * Computes what the engine needs of a trust list that is not in force yet, so that no scan waits
   * for it. A fault here keeps no list out of force: the library verifies for keys without a table.
   */
  void prepare(TrustList list) {
    try {
      tables.ifPresent(each -> each.prepare(list));
    } catch (RuntimeException e) {
      LOGGER.error("Bouncy Castle verifies for keys that have no table: {}", e.toString());
    }
  }
}
