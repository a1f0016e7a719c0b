package gongbei.verifier.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.replication.map.Subject;
import gongbei.testing.FreePorts;
import gongbei.testing.Patience;
import gongbei.verifier.cli.Gongbei;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.tls.ClientTls;
import gongbei.verifier.protocol.ReasonCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A directory as {@code /etc/gongbei} is by the commands of the page on installing, with the sample
 * of a node by itself on two free ports, and what asks that node.
 */
final class Installation {

  private final Path directory;
  private final byte[] credential;
  private final String apiKey;
  private final int httpPort;
  private final int tcpPort;

  /** Makes keys and configuration in a directory. */
  Installation(Path directory) throws Exception {
    this.directory = directory;
    run("keygen", "--region", "GD", "--out", at("signing"));
    Files.createDirectories(directory.resolve("trust/GD1"));
    try (Stream<Path> made = Files.list(directory.resolve("signing/GD1"))) {
      for (final Path file : made.filter(each -> each.toString().endsWith(".cert.pem")).toList()) {
        Files.copy(file, directory.resolve("trust/GD1").resolve(file.getFileName()));
      }
    }
    run("keygen", "--authority", "Health Bureau", "--out", at("authorities"));
    run("keygen", "--subject-secret", "--out", at("secrets"));
    run("keygen", "--tls-ca", "Gongbei", "--out", at("ca"));
    run("keygen", "--tls-server", "localhost,127.0.0.1", "--ca", at("ca"), "--out", at("tls"));
    run(
        "keygen",
        "--tls-client",
        "authority",
        "--for",
        "authority",
        "--ca",
        at("ca"),
        "--out",
        at("client"));
    Files.createDirectories(directory.resolve("client-ca"));
    Files.copy(directory.resolve("ca/ca.cert.pem"), directory.resolve("client-ca/ca.cert.pem"));
    Files.copy(directory.resolve("ca/ca.cert.pem"), directory.resolve("tls/ca.cert.pem"));
    credential = HexFormat.of().parseHex(run("device", "enrol", "gate-1", "--file", at("devices")));
    apiKey =
        run(
            "apikey",
            "create",
            "--file",
            at("api-keys"),
            "--name",
            "metro",
            "--role",
            "checkpoint");
    httpPort = FreePorts.inARow(2);
    tcpPort = httpPort + 1;
    write("node.yaml", sample());
  }

  /** The sample, on this installation's ports. */
  String sample() throws IOException {
    return Files.readString(Path.of("packaging", "samples", "single.yaml"))
        .replace("host: 0.0.0.0", "host: 127.0.0.1")
        .replace("port: 8443", "port: " + httpPort)
        .replace("port: 9700", "port: " + tcpPort);
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  Path directory() {
    return directory;
  }

  String at(String path) {
    return directory.resolve(path).toString();
  }

  /** Where the node serves HTTPS. */
  String url() {
    return "https://localhost:" + httpPort;
  }

  /** Runs a command in this process, which must succeed. */
  static String run(String... arguments) {
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();
    final int exitCode =
        Gongbei.commandLine()
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    assertEquals(0, exitCode, () -> String.join(" ", arguments) + ": " + err);
    return out.toString().strip();
  }

  /** Loads a green holder through the node's log, as an authority with a certificate. */
  void load(Subject holder) throws IOException {
    final Path residents =
        write(
            "residents.csv",
            "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n"
                + HexFormat.of().formatHex(holder.toBytes())
                + ",green,negative,"
                + Instant.ofEpochSecond(Instant.now().getEpochSecond())
                + ",2,2025-03-01,\n");
    run(
        "load",
        residents.toString(),
        "--url",
        url(),
        "--authority-keys",
        at("authorities"),
        "--no-progress",
        "--ca",
        at("ca/ca.cert.pem"),
        "--client-cert",
        at("client/client.cert.pem"),
        "--client-key",
        at("client/client.key.pem"));
  }

  private ClientTls tls() throws Exception {
    return ClientTls.of(new ClientTls.Context().caFile(directory.resolve("ca/ca.cert.pem")));
  }

  private String code(Subject holder) throws Exception {
    final SigningKey key = SigningKeys.ofDirectory(directory.resolve("signing")).all().get(0);
    final long now = Instant.now().getEpochSecond();
    return new CodeIssuer(CodeFormat.GD1, key)
        .issue(
            CodeClaims.of(CodeKind.PERSON, holder.toBytes())
                .colour(Colour.GREEN)
                .serial(new byte[8])
                .validity(now, now + 60)
                .build());
  }

  /** Scans a holder's code as a device and as a checkpoint: both must be told that all is well. */
  void assertPasses(Subject holder) throws Exception {
    try (DeviceClient client =
        new DeviceClient(
            new InetSocketAddress("localhost", tcpPort), "gate-1", credential, tls())) {
      assertEquals(
          ReasonCode.OK,
          client.at("metro").scan(code(holder)).get(Patience.SECONDS, TimeUnit.SECONDS).reason());
    }
    final HttpResponse<String> answer =
        tls()
            .prepare(HttpClient.newBuilder())
            .build()
            .send(
                HttpRequest.newBuilder(URI.create(url() + "/v1/scans"))
                    .header("Content-Type", "application/json")
                    .header("Authorization", "Bearer " + apiKey)
                    .POST(
                        HttpRequest.BodyPublishers.ofString(
                            "{\"checkpoint\":\"metro\",\"code\":\"" + code(holder) + "\"}"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertTrue(answer.body().startsWith("{\"verdict\":\"pass\",\"reason\":\"ok\""), answer.body());
  }
}
