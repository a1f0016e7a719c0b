package gongbei.verifier.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.Region;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NodeConfigTest {
  @TempDir private Path directory;

  private NodeConfig read(String yaml) throws Exception {
    return NodeConfig.read(Files.writeString(directory.resolve("node.yaml"), yaml));
  }

  private void assertRefused(String yaml, String reason) {
    final ConfigException refusal = assertThrows(ConfigException.class, () -> read(yaml));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  @Test
  void tablesVerifyUnlessTheLibraryIsChosen() throws Exception {
    assertEquals(NodeConfig.Engine.FIXED_BASE, NodeConfig.defaults().signatureEngine());
    assertEquals(
        NodeConfig.Engine.FIXED_BASE, read("signatureEngine: fixed-base").signatureEngine());
    final NodeConfig library = read("signatureEngine: bouncy-castle");
    assertEquals(NodeConfig.Engine.BOUNCY_CASTLE, library.signatureEngine());
    for (final NodeConfig.Engine engine : NodeConfig.Engine.values()) {
      assertEquals(engine, read("signatureEngine: " + engine.wireName()).signatureEngine());
    }
    assertRefused(
        "signatureEngine: openssl", "signatureEngine is not one of fixed-base, bouncy-castle");
  }

  @Test
  void aRegionIsNamedAsInCodes() throws Exception {
    assertEquals(Region.GUANGDONG, NodeConfig.defaults().region());
    assertEquals(Region.GUANGDONG, read("region: ~").region());
    for (final Region region : Region.values()) {
      assertEquals(region, read("region: " + region.wireName()).region());
    }
    assertRefused("region: gd", "region is neither GD nor MO");
    assertRefused("region: HK", "region is neither GD nor MO");
  }

  @Test
  void howLongANodeDrainsIsASetting() throws Exception {
    assertEquals(5, NodeConfig.defaults().drainSeconds());
    assertEquals(0, read("drainSeconds: 0").drainSeconds());
    assertEquals(300, read("drainSeconds: 300").withRole(null).drainSeconds());
    assertRefused("drainSeconds: 301", "drainSeconds is 301, not from 0 to 300");
  }

  @Test
  void eachFieldOfAnAddressHasItsOwnDefault() throws Exception {
    for (final String none : new String[] {"region: GD", "http: {}\ntcp: {}\n"}) {
      assertAddress("127.0.0.1", 8080, read(none).http());
      assertAddress("127.0.0.1", 9700, read(none).tcp());
    }
    final NodeConfig ports = read("http: {port: 1}\ntcp: {port: 2}\n");
    assertAddress("127.0.0.1", 1, ports.http());
    assertAddress("127.0.0.1", 2, ports.tcp());
    final NodeConfig hosts = read("http: {host: '::1'}\ntcp: {host: '[::1]'}\n");
    assertAddress("::1", 8080, hosts.http());
    assertAddress("::1", 9700, hosts.tcp());
    assertTrue(
        read("http: {host: '0000::0001'}").http().isOpen(), "the loopback otherwise written");
    assertRefused("http: {host: ' '}", "http.host is empty");
    assertRefused("tcp: {port: 70000}", "tcp.port is 70000, not from 0 to 65535");
    assertRefused("http: {host: '2001:db8::1'}", "http.host is 2001:db8::1, no loopback address");
    assertRefused("http: {host: 127.example.org}", "no loopback address");
  }

  private static void assertAddress(String host, int port, NodeConfig.Endpoint found) {
    assertEquals(new NodeConfig.Endpoint(host, port, null, null, null, found.eventLoops()), found);
  }

  @Test
  void anAddressHasFewConnectionsBeyondThePlainLoopback() throws Exception {
    final NodeConfig near = read("{}");
    assertEquals(10_000, near.connectionsPerAddress(near.http()));
    assertEquals(10_000, near.connectionsPerAddress(near.tcp()));
    final NodeConfig far =
        read("http: {host: 192.0.2.1, allowPlainText: true, allowAnonymous: true}");
    assertEquals(256, far.connectionsPerAddress(far.http()));
    assertEquals(10_000, far.connectionsPerAddress(far.tcp()));
    final NodeConfig told = read("access: {connectionsPerAddress: 7}");
    assertEquals(7, told.connectionsPerAddress(told.http()));
    assertRefused("access: {connectionsPerAddress: 0}", "connectionsPerAddress is 0");
  }

  @Test
  void theNamesOfANodeAreNamesOfHosts() throws Exception {
    assertEquals(List.of(), read("{}").access().hosts());
    assertEquals(
        List.of("Gate-1.example", "x"),
        read("access: {hosts: [Gate-1.example, x]}").access().hosts());
    for (final String none : List.of("'a b'", "'http://a'", "'a:80'", "'*'", "''", "'-a'")) {
      assertRefused("access: {hosts: [" + none + "]}", "which is no name of a host");
    }
  }

  @Test
  void aMemberOfANameThatOnlyLooksLikeTheLoopbackNeedsTheSecret() throws Exception {
    final String members = "replication: {memberId: 0, members: [{host: '%s', basePort: 9800}]}";
    for (final String host : new String[] {"127.0.0.1", "::1", "[::1]", "localhost"}) {
      assertEquals(1, read(members.replace("%s", host)).replication().members().size());
    }
    for (final String host : new String[] {"127.example.org", "10.0.0.1", "fe80::1%eth0"}) {
      assertRefused(members.replace("%s", host), "replication.secretFile is missing");
    }
  }

  @Test
  void thePlacesInTheRingBufferGrowWithTheWorkersUnlessTheyAreSet() throws Exception {
    assertEquals(1_024, read("pipeline: {workers: 1}").pipeline().capacity());
    assertEquals(4_096, read("pipeline: {workers: 3}").pipeline().capacity());
    assertEquals(4_096, read("pipeline: {workers: 4}").pipeline().capacity());
    assertEquals(16, read("pipeline: {workers: 4, capacity: 16}").pipeline().capacity());
    assertRefused("pipeline: {workers: 2000000000}", "workers is 2000000000");
  }

  @Test
  void theTablesWidthsAndMemoryAreSettings() throws Exception {
    assertEquals(
        new NodeConfig.SignatureTables(
            Limits.DEFAULT_WIDE_TABLE_BITS,
            Limits.DEFAULT_NARROW_TABLE_BITS,
            Limits.DEFAULT_TABLE_MEBIBYTES),
        NodeConfig.defaults().signatureTables());
    final NodeConfig config =
        read("dataDirectory: data\n"
                + "signatureTables: {wideBits: 10, narrowBits: 6, maxMebibytes: 64}\n"
                + "replication: {members: [{host: 127.0.0.1, basePort: 9800}], memberId: 0}")
            .withRole(NodeConfig.Role.MEMBER);
    assertEquals(NodeConfig.Role.MEMBER, config.role());
    assertEquals(new NodeConfig.SignatureTables(10, 6, 64), config.signatureTables());
    assertEquals(
        new NodeConfig.SignatureTables(5, 5, Limits.DEFAULT_TABLE_MEBIBYTES),
        read("signatureTables: {wideBits: 5}").signatureTables(),
        "narrow windows are not wider than wide ones");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "signatureTables: {wideBits: 17} | signatureTables.wideBits is 17, not from 4 to 16",
        "signatureTables: {wideBits: 3} | signatureTables.wideBits is 3, not from 4 to 16",
        "signatureTables: {wideBits: 8, narrowBits: 9} | signatureTables.narrowBits is 9,"
            + " not from 4 to 8",
        "signatureTables: {maxMebibytes: -1} | signatureTables.maxMebibytes is -1, not from 0",
        "signatureTables: {maxMebibytes: 16385} | signatureTables.maxMebibytes is 16385",
        "signatureTables: {bits: 8} | signatureTables.bits is not a setting"
      })
  void tablesOutOfRangeAreRefusedByName(String yaml, String fault) {
    assertRefused(yaml, fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "role: member | dataDirectory is missing, which a member needs",
        "role: replica | dataDirectory is missing, which a replica needs",
        "{role: member, dataDirectory: data} | replication.memberId is missing",
        "{role: replica, dataDirectory: data} | replication.members is missing",
        "replication: {memberId: 0} | replication.members is missing",
        "replication: {memberId: 1, members: [{host: localhost, basePort: 9800}]} |"
            + " replication.memberId is 1, not from 0 to 0"
      })
  void aMemberAndAReplicaAreToldWhatTheyLack(String yaml, String fault) {
    assertRefused(yaml, fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replication: {members: [{host: localhost, basePort: 1}]} | basePort is 1, not from"
            + " 1024 to 65528",
        "replication: {members: [{host: a, basePort: 9800}, {host: b, basePort: 9800}]} |"
            + " replication.members are 2, not 1, 3 or 5",
        "replication: {members: [{host: 192.0.2.1, basePort: 9800}]} |"
            + " replication.secretFile is missing",
        "replication: {heartbeatIntervalMillis: 300} | replication.heartbeatTimeoutMillis is"
            + " 400, not from 600",
        "replication: {logTermBytes: 3000000} | replication.logTermBytes is not a power of two",
        "replication: {segmentBytes: 1048576} | replication.segmentBytes is 1048576, not"
            + " from 16777216",
        "replication: {datagramBytes: 1400} | replication.datagramBytes is not a multiple of 32",
        "replication: {feedBytes: 1} | replication.feedBytes is 1, not from 67108864",
        "replication: {quorum: 2} | replication.quorum is not a setting"
      })
  void theLogsSettingsOutOfRangeAreRefusedByName(String yaml, String fault) {
    assertRefused(yaml, fault);
  }
}
