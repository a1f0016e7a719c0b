package gongbei.verifier.node;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustList;
import gongbei.verifier.config.NodeConfig;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees that a node mints codes that it would take itself: refuses the start where no key of its
 * region is one that its trust list holds, and tells of keys that it does not hold, each once for
 * as long as it lasts. Looking is for one thread; the figures are for any.
 */
final class SigningKeyWatch {
  private static final Logger LOGGER = LoggerFactory.getLogger(SigningKeyWatch.class);

  private final CodeFormat format;
  private final SigningKeys keys;
  private final LongSupplier epochSeconds;
  private Set<SigningKey> told = Set.of();
  private boolean isToldOfNone;

  /**
   * @param keys those that are trusted: {@link SigningKeys#trustedBy}
   */
  SigningKeyWatch(CodeFormat format, SigningKeys keys, LongSupplier epochSeconds) {
    this.format = format;
    this.keys = keys;
    this.epochSeconds = epochSeconds;
  }

  /**
   * Requires that there is a key of the node's region, and that of those that have not ended one is
   * trusted. Where all have ended the node starts, to answer scans; where others beside it are not
   * trusted, they sign nothing.
   *
   * @param trust the list that the node starts with
   * @throws NodeException where there is none; the message says which would be
   */
  static void require(NodeConfig config, SigningKeys keys, TrustList trust) throws NodeException {
    final CodeFormat format = Node.format(config);
    final String place = config.signingKeyDirectory().map(Path::toString).orElse("signingToken");
    final List<SigningKey> own = keys.ofFormat(format);
    if (own.isEmpty()) {
      throw new NodeException(
          place
              + " holds no key that signs "
              + format
              + ", the codes of region "
              + config.region()
              + "; it holds "
              + (keys.all().isEmpty()
                  ? "none at all"
                  : keys.all().size() + " of others: put the region's there, or correct region"));
    }
    final long now = System.currentTimeMillis() / 1_000;
    final List<SigningKey> lasting = own.stream().filter(key -> hasNotEnded(key, now)).toList();
    if (!lasting.isEmpty()
        && lasting.stream().noneMatch(key -> trust.trusts(key.issuerKey(), format))) {
      throw new NodeException(
          place
              + ": the key "
              + lasting.get(0).issuerKey().kidHex()
              + " would sign codes that this node refuses: "
              + config
                  .trustDirectory()
                  .map(list -> list.resolve(format.name()) + " does not hold its certificate")
                  .orElse("trustDirectory is missing"));
    }
  }

  private static boolean hasNotEnded(SigningKey key, long epochSeconds) {
    return key.issuerKey().notAfterEpochSeconds() >= epochSeconds;
  }

  /** Looks at keys and trust list, and tells what has come to be wrong, or right again. */
  void look() {
    final Set<SigningKey> now = new HashSet<>(untrustedKeys());
    for (final SigningKey key : now) {
      if (!told.contains(key)) {
        LOGGER.error(
            "No code is signed by the key {}: the trust list does not hold its certificate for {},"
                + " and whoever has the same list would refuse the code",
            key.issuerKey().kidHex(),
            format);
      }
    }
    told = now;
    final Optional<SigningKey> current = current();
    if (current.isEmpty() != isToldOfNone) {
      isToldOfNone = current.isEmpty();
      if (isToldOfNone) {
        LOGGER.error(
            "No code is minted: no key that signs {} is valid now and trusted here", format);
      } else {
        LOGGER.info(
            "Codes are minted again, by the key {}", current.orElseThrow().issuerKey().kidHex());
      }
    }
  }

  private Optional<SigningKey> current() {
    return Optional.ofNullable(keys.current(format, epochSeconds.getAsLong()));
  }

  private List<SigningKey> untrustedKeys() {
    final List<SigningKey> usable = keys.usable(format);
    final long now = epochSeconds.getAsLong();
    return keys.ofFormat(format).stream()
        .filter(key -> hasNotEnded(key, now) && !usable.contains(key))
        .toList();
  }

  /** How many keys of the region have not ended, and sign nothing for want of trust. */
  int untrusted() {
    return untrustedKeys().size();
  }

  /** The last second in which a trusted key could sign, since 1970; 0 where there is none. */
  long endEpochSeconds() {
    return keys.usable(format).stream()
        .map(key -> key.issuerKey().notAfterEpochSeconds())
        .max(Comparator.naturalOrder())
        .orElse(0L);
  }
}
