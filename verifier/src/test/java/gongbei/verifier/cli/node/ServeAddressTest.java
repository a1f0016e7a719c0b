package gongbei.verifier.cli.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.verifier.TestNode;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.cli.GongbeiProcess;
import gongbei.verifier.cli.checkpoint.DeviceTestCommand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The addresses that a node says it is at are those that other commands take. */
final class ServeAddressTest {
  @TempDir private Path directory;

  private static boolean isThere(String address) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      return true;
    } catch (java.io.IOException e) {
      return false;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "::1, [::1]",
    "[::1], [::1]",
    "0:0:0:0:0:0:0:1, [0:0:0:0:0:0:0:1]",
    "localhost, localhost"
  })
  void whatANodePrintsIsWhatStatusAndDeviceTestTake(String host, String printed) throws Exception {
    assumeTrue(isThere("::1"), "this machine has no IPv6");
    final Path config =
        Files.writeString(
            directory.resolve("node.yaml"),
            "http: {host: '" + host + "', port: 0}\ntcp: {host: '" + host + "', port: 0}\n");
    try (GongbeiProcess node = new GongbeiProcess(directory)) {
      node.start(false, "serve", "--json", "--config", config.toString());
      final JsonNode addresses = TestNode.json(node.awaitServing());
      final String http = addresses.path("http").asText();
      assertTrue(http.startsWith("http://" + printed + ":"), http);
      assertEquals(0, Gongbei.commandLine().execute("status", "--url", http));
      final String devices = addresses.path("devices").asText();
      assertTrue(devices.startsWith(printed + ":"), devices);
      assertTrue(DeviceTestCommand.address(devices).getAddress().isLoopbackAddress(), devices);
    }
  }

  @Test
  void aPortAloneIsOnTheLoopback() throws Exception {
    final Path config =
        Files.writeString(directory.resolve("node.yaml"), "http: {port: 0}\ntcp: {port: 0}\n");
    try (GongbeiProcess node = new GongbeiProcess(directory)) {
      node.start(false, "serve", "--config", config.toString());
      final String said = node.awaitServing();
      assertTrue(
          said.matches(
              "gongbei GD is serving: http://127[.]0[.]0[.]1:[0-9]+,"
                  + " devices on 127[.]0[.]0[.]1:[0-9]+\n"),
          said);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://[::1]:80, ::1",
    "http://[fe80::1%25lo]:80, fe80::1%lo",
    "http://[fe80::1%lo]:80, fe80::1%lo",
  })
  void theZoneOfAnAddressIsReadAsUrlsWriteIt(String url, String host) {
    final var parsed =
        Gongbei.commandLine().parseArgs("status", "--url", url).subcommand().matchedOption("--url");
    assertEquals("[" + host + "]", parsed.<java.net.URI>getValue().getHost());
  }
}
