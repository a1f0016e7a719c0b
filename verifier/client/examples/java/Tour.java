import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustStore;
import gongbei.verifier.client.AppliedChange;
import gongbei.verifier.client.AuthorityStream;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import gongbei.verifier.client.DeviceWords;
import gongbei.verifier.client.StatusChange;
import gongbei.verifier.conformance.Check;
import gongbei.verifier.conformance.ScannerConformance;
import gongbei.verifier.conformance.ScannerVectors;
import gongbei.verifier.offline.OfflineCheckpoint;
import gongbei.verifier.offline.OfflineVerdict;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Shows each part of gongbei-client.jar once, against a node: an authority's change, a scan and its
 * words, a checkpoint without a network, and the conformance test of the server.
 *
 * <pre>java -cp gongbei-client.jar:… Tour URL TCP-PORT KEY-DIRECTORY SUBJECT CODE PACK ANCHORS</pre>
 */
public final class Tour {
  private Tour() {}

  public static void main(String[] arguments) throws Exception {
    final URI node = URI.create(arguments[0]);
    final InetSocketAddress devices =
        new InetSocketAddress(node.getHost(), Integer.parseInt(arguments[1]));
    final SigningKey authority = SigningKeys.ofDirectory(Path.of(arguments[2])).all().get(0);
    final String code = arguments[4];

    try (AuthorityStream stream =
        new AuthorityStream(List.of(node), authority, 100, Duration.ofSeconds(30))) {
      final AppliedChange applied =
          stream
              .submit(
                  StatusChange.status(arguments[3])
                      .colour(Colour.GREEN)
                      .test(TestResult.NEGATIVE, Instant.now().minus(Duration.ofHours(1)))
                      .doses(2)
                      .build())
              .get(30, TimeUnit.SECONDS);
      System.out.println("authority " + applied.outcome().wireName());
    }

    try (DeviceClient device =
        new DeviceClient(
            new DeviceClient.Context().server(devices).device("tour-1", new byte[0]))) {
      final DeviceVerdict verdict =
          device.at("metro/tour").scan(code).get(30, TimeUnit.SECONDS);
      System.out.println(
          "device " + verdict.verdict() + ", " + DeviceWords.in("pt").of(verdict.reason()));

      final OfflineCheckpoint bus =
          new OfflineCheckpoint(
              TrustStore.ofDirectory(Path.of(arguments[6])).current(),
              () -> Instant.now().getEpochSecond());
      bus.take(Files.readAllBytes(Path.of(arguments[5])));
      final OfflineVerdict offline =
          bus.judge("metro/bus-7", code.getBytes(StandardCharsets.US_ASCII));
      System.out.println("offline " + offline.verdict() + " " + offline.reason());
      device.reportOffline(bus).get(30, TimeUnit.SECONDS);
    }

    final List<Check> checks =
        new ScannerConformance(
                new ScannerConformance.Target()
                    .server(devices)
                    .device("tour-1", new byte[0])
                    .answerMillis(30_000)
                    .code(code),
                check -> {
                  if (check.outcome() == Check.Outcome.FAILED) {
                    System.out.println("FAILED " + check.name() + ": " + check.detail());
                  }
                })
            .run(ScannerVectors.shipped());
    System.out.println(
        "conformance "
            + checks.stream().filter(check -> check.outcome() == Check.Outcome.FAILED).count()
            + " failed");
  }
}
