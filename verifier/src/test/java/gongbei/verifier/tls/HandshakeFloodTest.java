package gongbei.verifier.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.Patience;
import gongbei.verifier.LeakWatch;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.config.TlsConfig;
import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Attacks TLS through sockets: with handshakes that are begun and left, and records half sent. */
@ExtendWith(LeakWatch.class)
final class HandshakeFloodTest {
  private static final byte[] NO_CREDENTIAL = {};
  private static final int RATE = 5;
  private static final int FLOOD = 100;
  private static final int ALERT = 21;

  @TempDir private Path directory;

  /** The first message of a client of the JDK's. */
  private static byte[] clientHello() throws Exception {
    final SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    final ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    final byte[] bytes = new byte[hello.position()];
    hello.flip().get(bytes);
    return bytes;
  }

  private static void assertScans(TlsBed bed, DeviceClient device) throws Exception {
    assertEquals(
        ReasonCode.UNKNOWN_SUBJECT,
        device.at("metro").scan(bed.code()).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
  }

  private static double metric(TlsBed bed, String name) throws Exception {
    final Matcher value =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(bed.metrics());
    assertTrue(value.find(), name);
    return Double.parseDouble(value.group(1));
  }

  private static double refused(TlsBed bed, String outcome) throws Exception {
    return metric(bed, "gongbei_tls_handshakes_total{outcome=\"" + outcome + "\",server=\"http\"}");
  }

  @Test
  void handshakesOverTheRateAreRefusedAndCountedWhileOthersScan() throws Exception {
    final byte[] hello = clientHello();
    final List<Socket> flood = new ArrayList<>();
    try (TlsBed bed =
        new TlsBed(
            directory,
            TlsConfig.Suites.STANDARD,
            "",
            "access: {handshakesPerSecond: " + RATE + "}\n")) {
      final ClientTls tls = bed.tls(null, TlsConfig.Suites.STANDARD);
      int alerts = 0;
      try (DeviceClient bystander = new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL, tls)) {
        assertScans(bed, bystander);
        for (int i = 0; i < FLOOD; i++) {
          final Socket socket = new Socket(InetAddress.getLoopbackAddress(), bed.node.httpPort());
          flood.add(socket);
          socket.setSoTimeout(Patience.MILLIS);
          socket.getOutputStream().write(hello);
          alerts += socket.getInputStream().read() == ALERT ? 1 : 0;
          assertScans(bed, bystander);
        }
        assertTrue(alerts > 0, "those over the rate are told by an alert");
      }
      // Two seconds' worth at once, and what came free meanwhile.
      for (final Socket each : flood) {
        each.close();
      }
      assertEquals(alerts, refusedAsTold(bed), 0.1);
      assertTrue(isRunning("gongbei-tls-http"), "handshakes have a thread of their own");
    } finally {
      for (final Socket each : flood) {
        each.close();
      }
    }
  }

  /** The handshakes refused by rate, asked for by as many handshakes as that takes. */
  private static double refusedAsTold(TlsBed bed) throws Exception {
    for (int i = 0; ; i++) {
      try {
        return refused(bed, "over-rate") - i;
      } catch (IOException e) {
        // The rate counts this one, too.
        assertTrue(i < 1_000, e.toString());
        // The rate has to fill again, which nothing shows from outside.
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
  }

  private static boolean isRunning(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(name));
  }

  /** By either library: where all is done as it is taken in, what takes it in is handed on. */
  @ParameterizedTest
  @EnumSource
  void whatAHandshakeCostsIsDoneByThreadsOfItsOwn(TlsConfig.Suites suites) throws Exception {
    try (TlsBed bed = new TlsBed(directory, suites, "", "")) {
      // Those of a node before this one may still be ending.
      Patience.await("those threads end", () -> !isRunning("gongbei-tls-tcp"));
      try (DeviceClient device =
          new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL, bed.tls(null, suites))) {
        assertScans(bed, device);
        assertTrue(isRunning("gongbei-tls-tcp"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longFramesAndWhatComesRightBehindAHandshakeAreTakenAsEver(TlsConfig.Suites suites)
      throws Exception {
    try (TlsBed bed =
        new TlsBed(directory, suites, ", clientCaDirectory: ca, clientCertificate: optional", "")) {
      final ClientTls tls = bed.tls(bed.client("gate-1", bed.authority), suites);
      try (DeviceClient device = new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL, tls)) {
        final List<byte[]> codes =
            Collections.nCopies(300, bed.code().getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < 3; i++) {
          for (final var each : device.at("metro").scanBatch(codes)) {
            assertEquals(
                ReasonCode.UNKNOWN_SUBJECT, each.get(Patience.SECONDS, TimeUnit.SECONDS).reason());
          }
        }
      }
      for (int i = 0; i < 5; i++) {
        try (Socket client = tls.connect(bed.http(), 30_000)) {
          final String body = " ".repeat(300_000) + "{}";
          client
              .getOutputStream()
              .write(
                  ("POST /v1/scans HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                          + "Connection: close\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body)
                      .getBytes(StandardCharsets.US_ASCII));
          final String answer =
              new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          assertTrue(answer.startsWith("HTTP/1.1 403 "), answer);
        }
      }
    }
  }

  @Test
  void recordsThatAreNeverWholeEndTheirConnectionAlone() throws Exception {
    final byte[] part = new byte[5 + 16_000];
    part[0] = 22;
    part[1] = 3;
    part[2] = 1;
    part[3] = 64;
    final List<Socket> flood = new ArrayList<>();
    try (TlsBed bed =
        new TlsBed(
            directory, TlsConfig.Suites.STANDARD, "", "access: {handshakesPerSecond: 0}\n")) {
      final ClientTls tls = bed.tls(null, TlsConfig.Suites.STANDARD);
      try (DeviceClient bystander = new DeviceClient(bed.tcp(), "gate-1", NO_CREDENTIAL, tls)) {
        // 16 KiB each: 600 of them want more than one address may have.
        for (int i = 0; i < 600; i++) {
          final Socket socket = new Socket();
          socket.connect(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), bed.node.tcpPort()));
          flood.add(socket);
          socket.getOutputStream().write(part);
        }
        double refused = 0;
        while (refused == 0) {
          assertScans(bed, bystander);
          refused = metric(bed, "gongbei_input_refused_total{server=\"tcp\"}");
        }
        assertTrue(
            metric(bed, "gongbei_input_partial_bytes{server=\"tcp\"}") <= 8 << 20,
            "no more is held than one address may have");
        assertFalse(flood.isEmpty());
        for (final Socket each : flood) {
          each.close();
        }
        // A loop that ends leaves what it has just taken in to the end of its process.
        Patience.await(
            "all connections of the flood are gone",
            () -> metric(bed, "gongbei_input_partial_bytes{server=\"tcp\"}") == 0);
      }
    } finally {
      for (final Socket each : flood) {
        each.close();
      }
    }
  }
}
