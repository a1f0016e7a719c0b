package gongbei.replication.context;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostNameTest {
  @ParameterizedTest
  @CsvSource({
    "localhost, localhost:80, localhost:80",
    "gz-1.example.org, gz-1.example.org:80, gz-1.example.org:80",
    "192.0.2.7, 192.0.2.7:80, 192.0.2.7:80",
    "::1, [::1]:80, [::1]:80",
    "[::1], [::1]:80, [::1]:80",
    "2001:db8::7, [2001:db8::7]:80, [2001:db8::7]:80",
    "fe80::1%eth0, [fe80::1%eth0]:80, [fe80::1%25eth0]:80",
  })
  void aHostStandsBesideItsPort(String host, String withPort, String inUrl) {
    assertEquals(withPort, HostName.withPort(host, 80));
    assertEquals(inUrl, HostName.inUrl(host, 80));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "LocalHost, true",
    "127.0.0.1, true",
    "127.255.0.9, true",
    "::1, true",
    "[::1], true",
    "0:0:0:0:0:0:0:1, true",
    "0000::0001, true",
    "::ffff:127.0.0.1, true",
    "::, false",
    "0.0.0.0, false",
    "128.0.0.1, false",
    "127.example.org, false",
    "127.0.0.1.example.org, false",
    "2001:db8::1, false",
    "fe80::1%no-such-interface, false",
    "not:an:address, false",
  })
  void theLoopbackIsKnownHoweverItIsWritten(String host, boolean loopback) {
    assertEquals(loopback, HostName.isLoopback(host));
  }

  @ParameterizedTest
  @CsvSource({"::1, '[::1]:9800'", "[::1], '[::1]:9800'", "127.0.0.1, 127.0.0.1:9800"})
  void aMemberIsReachedByAddressesOfBothKinds(String host, String ingress) {
    assertEquals(ingress, new MemberAddress(0, host, 9_800).ingress());
  }
}
