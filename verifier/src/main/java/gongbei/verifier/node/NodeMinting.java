package gongbei.verifier.node;

import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.replication.log.CommandLog;
import gongbei.verifier.client.NodeConnection;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.ConfigException;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.MintingConfig;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.mint.MintMetrics;
import gongbei.verifier.mint.MintPipeline;
import gongbei.verifier.outage.MintingSource;
import gongbei.verifier.outage.MintingWatch;
import gongbei.verifier.outage.OwnMinting;
import gongbei.verifier.outage.RemoteMinting;
import gongbei.verifier.scan.ScanPipeline;
import java.net.http.HttpClient;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Puts together what a node mints with, and what it watches of minting. */
final class NodeMinting {
  private NodeMinting() {}

  /**
   * Makes a watch over the node's own minting and over the nodes that its configuration names. A
   * replica only says whether it mints: it can say nothing in the log.
   *
   * @param pipeline empty where the node mints nothing
   */
  static MintingWatch watch(
      NodeConfig config,
      NodeResources resources,
      Optional<MintPipeline> pipeline,
      MintMetrics metrics)
      throws ConfigException {
    final MintingConfig minting = config.minting();
    final CommandLog log = resources.log();
    final Optional<MintingSource> own =
        pipeline.flatMap(
            codes ->
                resources
                    .signingKeys()
                    .map(keys -> keys.trustedBy(resources.trust()::current))
                    .map(
                        keys ->
                            new OwnMinting(
                                Node.format(config),
                                keys,
                                codes.health(),
                                metrics,
                                NodeMinting::now)));
    return new MintingWatch(
        new MintingWatch.Context(
            log,
            own,
            others(minting),
            config.role() == NodeConfig.Role.REPLICA ? 0 : minting.switchAfterSeconds(),
            minting.marginSeconds(),
            NodeMinting::now));
  }

  /**
   * Starts the pipeline that mints codes with keys.
   *
   * @param scans what it leaves the processors to
   */
  static MintPipeline open(
      NodeConfig config,
      NodeResources resources,
      SigningKeys keys,
      ScanPipeline scans,
      MintMetrics metrics) {
    return new MintPipeline(
        config.pipeline().capacity(),
        config.pipeline().workers(),
        Waiting.by(config.pipeline().waitStrategy()),
        TimeUnit.MICROSECONDS.toNanos(
            (long) config.pipeline().gatherMicros() * Limits.MINT_GATHER_FACTOR),
        new MintPipeline.Context(
            Node.format(config),
            keys,
            resources.statusMap(),
            resources.log()::isServing,
            scans::isBehind,
            NodeMinting::now),
        metrics);
  }

  private static List<MintingSource> others(MintingConfig minting) throws ConfigException {
    if (minting.nodes().isEmpty()) {
      return List.of();
    }
    try {
      final NodeConnection connection =
          minting.caFile() == null
              ? NodeConnection.PLAIN
              : NodeConnection.PLAIN.by(
                  ClientTls.of(new ClientTls.Context().caFile(minting.caFile())));
      final HttpClient http = RemoteMinting.client(connection);
      return minting.nodes().stream()
          .map(node -> new RemoteMinting(node, http))
          .collect(Collectors.toUnmodifiableList());
    } catch (TrustException e) {
      throw new ConfigException("minting.caFile: " + e.getMessage());
    }
  }

  private static long now() {
    return Instant.now().getEpochSecond();
  }
}
