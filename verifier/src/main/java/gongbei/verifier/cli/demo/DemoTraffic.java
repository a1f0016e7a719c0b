package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.issue.HcertIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.log.CommandLog;
import gongbei.replication.map.Subject;
import gongbei.verifier.client.DeviceClient;
import gongbei.verifier.client.DeviceVerdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The residents of a demo, and what they hold in front of its scanners. */
final class DemoTraffic {
  private static final int CHANGES_A_SUBMISSION = 5_000;
  private static final int MINUTES_A_DAY = 1_440;
  private static final int CODE_SECONDS = 60;
  private static final int HOUR_SECONDS = 3_600;
  private static final String[] CHECKPOINTS = {
    "metro/tiyu-xilu", "hospital/zhongshan", "border-to-macau/gongbei"
  };

  private final CodeIssuer guangdong;
  private final CodeIssuer macau;
  private final HcertIssuer foreign;
  private final SplittableRandom random = new SplittableRandom(20220110);
  private int guangdongResidents;
  private int macauResidents;
  private volatile boolean stopped;

  DemoTraffic(SigningKey guangdong, SigningKey macau, SigningKey foreign) {
    this.guangdong = new CodeIssuer(CodeFormat.GD1, guangdong);
    this.macau = new CodeIssuer(CodeFormat.MO1, macau);
    this.foreign = new HcertIssuer(foreign);
  }

  /** The subject of the n-th resident of a region. */
  static Subject subject(CodeFormat region, int number) {
    final SplittableRandom random =
        new SplittableRandom(((long) region.prefix().hashCode() << 32) | number);
    return new Subject(random.nextLong(), random.nextLong());
  }

  /** Fills both regions' maps: nine in ten residents in Guangdong, one in Macau. */
  void populate(CommandLog guangdongLog, CommandLog macauLog, int residents) {
    macauResidents = residents / 10;
    guangdongResidents = residents - macauResidents;
    populate(guangdongLog, CodeFormat.GD1, guangdongResidents);
    populate(macauLog, CodeFormat.MO1, macauResidents);
  }

  private void populate(CommandLog log, CodeFormat region, int residents) {
    final int nowMinutes = (int) (Instant.now().getEpochSecond() / 60);
    List<StatusCommand> batch = new ArrayList<>();
    final List<CompletableFuture<?>> submitted = new ArrayList<>();
    for (int i = 0; i < residents; i++) {
      // The first is always well; of the others one in fifty is yellow and one in a hundred red.
      final int lot = i == 0 ? 99 : random.nextInt(100);
      final int colour = lot == 0 ? 2 : lot <= 2 ? 1 : 0;
      final boolean tested = i == 0 || random.nextInt(10) > 0;
      final int ageMinutes = i == 0 ? 60 : random.nextInt(4 * MINUTES_A_DAY);
      batch.add(
          StatusCommand.SetStatus.of(subject(region, i))
              .colour(Colour.ofNumber(colour))
              .test(
                  tested ? TestResult.NEGATIVE : TestResult.NONE,
                  tested ? nowMinutes - ageMinutes : 0)
              .doses(random.nextInt(4))
              .build());
      if (batch.size() == CHANGES_A_SUBMISSION) {
        submitted.add(log.submit(batch));
        batch = new ArrayList<>();
      }
    }
    submitted.add(log.submit(batch));
    submitted.forEach(CompletableFuture::join);
  }

  /** A code of Guangdong's first resident that lives for an hour. */
  String codeForAnHour() {
    final long now = Instant.now().getEpochSecond();
    return guangdong.issue(claims(CodeFormat.GD1, 0, CodeKind.PAPER, now, now + HOUR_SECONDS));
  }

  /** A code of a region's first resident, who is well and was tested an hour ago. */
  String freshCode(CodeFormat region) {
    final long now = Instant.now().getEpochSecond();
    final CodeClaims claims =
        CodeClaims.of(CodeKind.PERSON, subject(region, 0).toBytes())
            .colour(Colour.GREEN)
            .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
            .doses(2)
            .serial(serial())
            .validity(now, now + CODE_SECONDS)
            .build();
    return region == CodeFormat.MO1 ? macau.issue(claims) : guangdong.issue(claims);
  }

  /** A code of the EU's format of three doses, good for an hour. */
  String foreignCode() {
    return hcert(Instant.now().getEpochSecond(), 3);
  }

  /** Mints and scans codes at a rate until stopped. */
  void run(DeviceClient guangdongGate, DeviceClient macauGate, int ratePerSecond) {
    final long intervalNanos = TimeUnit.SECONDS.toNanos(1) / ratePerSecond;
    long dueNanos = System.nanoTime();
    while (!stopped) {
      final boolean inMacau = random.nextInt(10) == 0;
      final CodeFormat region = inMacau ? CodeFormat.MO1 : CodeFormat.GD1;
      final CompletableFuture<DeviceVerdict> unused =
          inMacau
              ? macauGate.at("border-to-guangdong/gongbei").scan(code(region))
              : guangdongGate
                  .at(CHECKPOINTS[random.nextInt(CHECKPOINTS.length)])
                  .scan(code(region));
      dueNanos = Math.max(dueNanos + intervalNanos, System.nanoTime() - intervalNanos);
      while (System.nanoTime() < dueNanos) {
        LockSupport.parkNanos(dueNanos - System.nanoTime());
      }
    }
  }

  void stop() {
    stopped = true;
  }

  /** Nine codes in ten are as they should be. */
  private String code(CodeFormat region) {
    final long now = Instant.now().getEpochSecond();
    final int residents = region == CodeFormat.MO1 ? macauResidents : guangdongResidents;
    final int number = random.nextInt(residents);
    return switch (random.nextInt(50)) {
      case 0 -> issue(region, number, now - 2 * CODE_SECONDS, now - CODE_SECONDS);
      case 1 -> tampered(issue(region, number, now, now + CODE_SECONDS));
      case 2 -> issue(region, residents + number, now, now + CODE_SECONDS);
      case 3 -> "GD1:NOT BASE45?";
      case 4, 5, 6 -> hcert(now, 1 + random.nextInt(3));
      default -> issue(region, number, now, now + CODE_SECONDS);
    };
  }

  private String issue(CodeFormat region, int number, long iat, long exp) {
    final CodeClaims claims = claims(region, number, CodeKind.PERSON, iat, exp);
    return region == CodeFormat.MO1 ? macau.issue(claims) : guangdong.issue(claims);
  }

  private CodeClaims claims(CodeFormat region, int number, CodeKind kind, long iat, long exp) {
    return CodeClaims.of(kind, subject(region, number).toBytes())
        .colour(Colour.GREEN)
        .serial(serial())
        .validity(iat, exp)
        .build();
  }

  private byte[] serial() {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    return serial;
  }

  /** The last character but one of the signature becomes another. */
  private static String tampered(String code) {
    final int at = code.length() - 3;
    final char other = code.charAt(at) == '0' ? '1' : '0';
    return code.substring(0, at) + other + code.substring(at + 1);
  }

  private String hcert(long now, int dose) {
    final ObjectNode certificate = JsonNodeFactory.instance.objectNode();
    certificate.put("ver", "1.3.0").put("dob", "1970-01-01");
    certificate.putObject("nam").put("fnt", "DEMO").put("gnt", "ONLY");
    certificate
        .putArray("v")
        .addObject()
        .put("tg", "840539006")
        .put("dn", dose)
        .put("sd", 3)
        .put("dt", "2026-01-01")
        .put("co", "XX")
        .put("ci", "URN:UVCI:01:XX:" + random.nextInt(1_000_000));
    return foreign.issue(certificate, now - HOUR_SECONDS, now + HOUR_SECONDS);
  }
}
