package gongbei.bench.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.Colour;
import gongbei.codec.model.Region;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.SubjectSecret;
import gongbei.codec.trust.TrustList;
import gongbei.codec.trust.TrustStore;
import gongbei.replication.command.StatusCommand;
import gongbei.testing.FreePorts;
import gongbei.verifier.audit.AuditLog;
import gongbei.verifier.config.Limits;
import gongbei.verifier.config.MintingConfig;
import gongbei.verifier.config.NodeConfig;
import gongbei.verifier.node.Node;
import gongbei.verifier.node.NodeException;
import gongbei.verifier.node.NodeResources;
import gongbei.verifier.node.TranslationSetup;
import gongbei.verifier.translate.TranslationTables;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The drill of a minting outage in small: three nodes that scan, one that mints, in this process.
 */
final class MintOutageTest {
  private static final MintOutagePlan PLAN = new MintOutagePlan(40, 8, 10, 36, 1, 4, 60, 1, 12);
  private static final String LOOPBACK = "127.0.0.1";

  /** Nodes with logs of their own, which know the same holders. */
  private static final class Nodes implements MintOutageRegion, AutoCloseable {
    private final Instant from = Instant.now().minus(Duration.ofDays(1));
    private final SigningKey issuer =
        new KeyGeneration().generate("GD", from, from.plus(Duration.ofDays(10)));
    private final SigningKey gate =
        new KeyGeneration().generateAuthority("Gate", from, from.plus(Duration.ofDays(10)));
    private final int mintingPort;
    private final List<Node> scanning = new ArrayList<>();
    private Node mint;
    private int disturbances;

    Nodes(int mintingPort) throws NodeException {
      this.mintingPort = mintingPort;
      mint = node(mintingPort, new MintingConfig(true, null, null, 0, null, null));
      for (int i = 0; i < 3; i++) {
        scanning.add(
            node(
                0,
                new MintingConfig(
                    false,
                    minting(),
                    null,
                    PLAN.switchSeconds(),
                    PLAN.marginSeconds(),
                    PLAN.packSeconds())));
      }
    }

    private Node node(int httpPort, MintingConfig minting) throws NodeException {
      final NodeConfig config =
          NodeConfig.inMemory(
                  Region.GUANGDONG,
                  1_000,
                  new NodeConfig.Endpoint(LOOPBACK, httpPort),
                  new NodeConfig.Endpoint(LOOPBACK, 0),
                  null)
              .toBuilder()
              .minting(minting)
              .build();
      final Node node =
          Node.start(
              config,
              NodeResources.inMemory(config)
                  .trust(TrustStore.of(anchors()))
                  .signingKeys(new SigningKeys(List.of(issuer)))
                  .translation(
                      new TranslationSetup(
                          SubjectSecret.generate(),
                          TranslationTables.shipped(CodeFormat.GD1),
                          AuditLog.inMemory(Region.GUANGDONG),
                          Optional.of(TrustStore.of(new TrustList(List.of(gate.issuerKey()))))))
                  .build());
      final List<StatusCommand> holders = new ArrayList<>();
      for (int i = 0; i < PLAN.wallets(); i++) {
        holders.add(
            StatusCommand.SetStatus.of(MintOutage.holder(i)).colour(Colour.GREEN).doses(3).build());
      }
      node.resources().log().submit(holders).join();
      return node;
    }

    @Override
    public List<URI> minting() {
      return List.of(URI.create("http://" + LOOPBACK + ":" + mintingPort));
    }

    @Override
    public List<InetSocketAddress> devices() {
      return Stream.of(scanning.get(0), scanning.get(2))
          .map(node -> new InetSocketAddress(InetAddress.getLoopbackAddress(), node.tcpPort()))
          .toList();
    }

    @Override
    public List<URI> checkpoints() {
      return Stream.of(scanning.get(1), scanning.get(2)).map(Nodes::urlOf).toList();
    }

    @Override
    public List<URI> packs() {
      return Stream.of(scanning.get(2), scanning.get(1)).map(Nodes::urlOf).toList();
    }

    private static URI urlOf(Node node) {
      return URI.create("http://" + LOOPBACK + ":" + node.httpPort());
    }

    /** The device's node ends, and stays so: the device has another. */
    @Override
    public void disturb(long nowMillis) {
      if (disturbances == 0) {
        disturbances++;
        scanning.get(0).close();
      }
    }

    @Override
    public int mend() {
      return disturbances;
    }

    @Override
    public SigningKey checkpointKey() {
      return gate;
    }

    @Override
    public TrustList anchors() {
      return new TrustList(List.of(issuer.issuerKey()));
    }

    @Override
    public void killMinting() {
      mint.close();
    }

    @Override
    public void startMinting() throws IOException {
      try {
        mint = node(mintingPort, new MintingConfig(true, null, null, 0, null, null));
      } catch (NodeException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void close() {
      mint.close();
      scanning.stream().skip(disturbances).forEach(Node::close);
    }
  }

  @Test
  void holdersPassByTheirReserveCodesWhileNothingIsMintedAndOnlyThen() throws Exception {
    try (Nodes nodes = new Nodes(FreePorts.inARow(1))) {
      final MintOutageResult result = new MintOutage(nodes, PLAN, 7).run();
      assertTrue(result.isGood(), result.toString());
      assertEquals(PLAN.wallets(), result.passed());
      assertTrue(result.reservePasses() > PLAN.wallets(), result.toString());
      assertTrue(result.toString().endsWith("all holds"));
    }
  }

  @Test
  void aDrillIsGoodOnlyWhereAllHolds() {
    assertTrue(result(999, 3, 1_000, List.of()).isGood());
    assertFalse(result(998, 3, 1_000, List.of()).isGood(), "under 99.9 %");
    assertFalse(result(1_000, 0, 1_000, List.of()).isGood(), "none was shown again");
    assertFalse(result(1_000, 3, 999, List.of()).isGood(), "one has no fresh code");
    assertFalse(held(21).isGood(), "more than a filter holds");
    final MintOutageResult wrong = result(1_000, 3, 1_000, List.of("a code passed twice"));
    assertFalse(wrong.isGood());
    assertTrue(wrong.toString().contains("WRONG: a code passed twice"));
    assertTrue(wrong.toString().endsWith("NOT ALL HOLDS"));
  }

  private static MintOutageResult result(
      int passed, int replays, int returned, List<String> violations) {
    return new MintOutageResult(
        1_000,
        passed,
        20,
        Map.of(),
        Map.of(),
        900,
        replays,
        150,
        150,
        11_000,
        returned,
        1,
        0,
        violations);
  }

  private static MintOutageResult held(int filtered) {
    return new MintOutageResult(
        1_000,
        1_000,
        filtered,
        Map.of(),
        Map.of("device: no answer", 1),
        900,
        3,
        150,
        150,
        11_000,
        1_000,
        1,
        0,
        List.of());
  }

  @Test
  void ninetyMinutesTenTimesAsFastAreNine() {
    final MintOutagePlan plan = MintOutagePlan.compressed(1_000, 10);
    assertEquals(540, plan.outageSeconds());
    assertEquals(60, plan.reserveSeconds());
    assertEquals(60, plan.codeSeconds(), "what a code on a screen lives is not compressed");
    assertEquals(28, plan.stripCodes());
  }

  @Test
  void walletsAreOpenedNoFasterThanTheirOneAddressGetsReserveCodes() {
    final MintOutagePlan plan = MintOutagePlan.compressed(1_000, 36);
    assertTrue(plan.packSeconds() > Limits.PACK_KEPT_SECONDS, "packs are kept so long");
    assertEquals(0, plan.openedAfterMillis(0, 2));
    final long lastMillis = plan.openedAfterMillis(1_000, 2);
    final long codes = 1_000L * plan.stripCodes();
    assertTrue(codes * 1_000 / lastMillis < 2L * Limits.ADDRESS_RESERVES_PER_SECOND);
    assertTrue(
        plan.disturbedUntilSeconds() - plan.disturbedFromSeconds() > 60,
        "there is time for several faults");
  }
}
