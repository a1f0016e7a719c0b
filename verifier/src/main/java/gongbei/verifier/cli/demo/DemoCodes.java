package gongbei.verifier.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.CodeLimits;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.TestResult;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.replication.command.StatusCommand;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.input.CodeInput;
import gongbei.verifier.cli.remote.NodeHttp;
import gongbei.verifier.node.Node;
import gongbei.verifier.print.QrImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * One code of every kind and colour, each with what a checkpoint says of it, so that every screen
 * can be tried: typed or pasted on the checkpoint page, or held before its camera as a picture.
 * Those that are good are so for an hour.
 */
final class DemoCodes implements DemoScene {
  private static final int HOUR_SECONDS = 3_600;
  private static final String CHECKPOINT = "metro/tiyu-xilu";

  /** One code, and what the checkpoint said of it. */
  private record Sample(String name, String code, String verdict, String reason) {}

  private final List<Sample> samples = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(31);
  private final NodeHttp http;
  private final CodeIssuer issuer;
  private final long now = CodeInput.nowEpochSeconds();

  private DemoCodes(Node node, SigningKey region) {
    this.http = NodeHttp.ofAnyone(URI.create("http://127.0.0.1:" + node.httpPort()));
    this.issuer = new CodeIssuer(CodeFormat.GD1, region);
  }

  /**
   * Makes holders of every status, and a code of each kind.
   *
   * @param region Guangdong's key
   * @param foreign a code of the EU's format
   * @param group a group's code
   * @param venue a venue's code
   */
  static DemoCodes of(Node node, SigningKey region, String foreign, String group, String venue)
      throws InterruptedException {
    final DemoCodes codes = new DemoCodes(node, region);
    codes.addHolders(node);
    codes.addFaults();
    codes.add("a group", group);
    codes.add("a venue, which holders scan", venue);
    codes.add("foreign, of the EU's format", foreign);
    codes.add("another QR code", "HTTPS://EXAMPLE.ORG/MENU");
    return codes;
  }

  private void addHolders(Node node) throws InterruptedException {
    final int minutes = (int) (now / 60);
    final List<StatusCommand> statuses = new ArrayList<>();
    final Subject green = subject(statuses, Colour.GREEN, TestResult.NEGATIVE, minutes - 60);
    final Subject yellow = subject(statuses, Colour.YELLOW, TestResult.NEGATIVE, minutes - 60);
    final Subject red = subject(statuses, Colour.RED, TestResult.NEGATIVE, minutes - 60);
    final Subject positive = subject(statuses, Colour.GREEN, TestResult.POSITIVE, minutes - 60);
    final Subject untested = subject(statuses, Colour.GREEN, TestResult.NONE, 0);
    final Subject longAgo =
        subject(statuses, Colour.GREEN, TestResult.NEGATIVE, minutes - 10 * 24 * 60);
    final Subject revoked = subject(statuses, Colour.GREEN, TestResult.NEGATIVE, minutes - 60);
    statuses.add(new StatusCommand.Revoke(revoked, now + 1));
    node.resources().log().submit(statuses).join();
    add("a person, green", person(green, Colour.GREEN));
    add("a person, yellow", person(yellow, Colour.YELLOW));
    add("a person, red", person(red, Colour.RED));
    add("a positive test", person(positive, Colour.GREEN));
    add("no test", person(untested, Colour.GREEN));
    add("a test too old", person(longAgo, Colour.GREEN));
    add("revoked", person(revoked, Colour.GREEN));
    add("a holder not on record", person(subject(), Colour.GREEN));
    add("on paper", issue(green, CodeKind.PAPER, Colour.GREEN, now, HOUR_SECONDS));
    add("in reserve, while codes are minted", issuer.issue(reserve(green)));
    add("translated from Macau", issuer.issue(translated(green)));
  }

  private void addFaults() throws InterruptedException {
    final Subject nobody = subject();
    final String good = person(nobody, Colour.GREEN);
    add("expired seconds ago", issue(nobody, CodeKind.PERSON, Colour.GREEN, now - 62, 60));
    add("expired long ago", issue(nobody, CodeKind.PERSON, Colour.GREEN, now - HOUR_SECONDS, 60));
    add("not valid yet", issue(nobody, CodeKind.PERSON, Colour.GREEN, now + HOUR_SECONDS, 60));
    final int at = good.length() - 3;
    add(
        "forged",
        good.substring(0, at) + (good.charAt(at) == '0' ? '1' : '0') + good.substring(at + 1));
    final SigningKey stranger =
        new KeyGeneration()
            .generate(
                CodeFormat.GD1.issuer(),
                Instant.ofEpochSecond(now),
                Instant.now().plus(Duration.ofDays(1)));
    add(
        "of an issuer that is not trusted",
        new CodeIssuer(CodeFormat.GD1, stranger)
            .issue(claims(nobody, CodeKind.PERSON, Colour.GREEN, now, HOUR_SECONDS)));
    add("cut short", good.substring(0, good.length() / 2));
  }

  private Subject subject() {
    return new Subject(random.nextLong(), random.nextLong());
  }

  private Subject subject(
      List<StatusCommand> statuses, Colour colour, TestResult result, int sample) {
    final Subject subject = subject();
    statuses.add(StatusCommand.SetStatus.of(subject).colour(colour).test(result, sample).build());
    return subject;
  }

  private String person(Subject subject, Colour colour) {
    return issue(subject, CodeKind.PERSON, colour, now, HOUR_SECONDS);
  }

  private String issue(Subject subject, CodeKind kind, Colour colour, long from, int lifeSeconds) {
    return issuer.issue(claims(subject, kind, colour, from, lifeSeconds));
  }

  private CodeClaims claims(
      Subject subject, CodeKind kind, Colour colour, long from, int lifeSeconds) {
    return CodeClaims.of(kind, subject.toBytes())
        .colour(colour)
        .serial(serial())
        .validity(from, from + lifeSeconds)
        .build();
  }

  private CodeClaims translated(Subject subject) {
    return CodeClaims.of(CodeKind.TRANSLATED, subject.toBytes())
        .colour(Colour.GREEN)
        .serial(serial())
        .origin(CodeFormat.MO1.issuer())
        .validity(now, now + HOUR_SECONDS)
        .build();
  }

  private CodeClaims reserve(Subject subject) {
    return CodeClaims.of(CodeKind.RESERVE, subject.toBytes())
        .colour(Colour.GREEN)
        .test(TestResult.NEGATIVE, (int) (now / 60) - 60)
        .serial(serial())
        .validity(now, now + HOUR_SECONDS)
        .notBefore(now)
        .build();
  }

  private byte[] serial() {
    final byte[] serial = new byte[CodeLimits.SERIAL_BYTES];
    random.nextBytes(serial);
    return serial;
  }

  private void add(String name, String code) throws InterruptedException {
    final JsonNode said = DemoScan.of(http, code, CHECKPOINT);
    samples.add(
        new Sample(name, code, said.path("verdict").asText(), said.path("reason").asText()));
  }

  /** Writes each code as a picture, named by its place in the list and what it is. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (int i = 0; i < samples.size(); i++) {
      final String name = samples.get(i).name().replaceAll("[^A-Za-z]+", "-");
      Files.write(
          directory.resolve(String.format(Locale.ROOT, "%02d-%s.png", i + 1, name)),
          QrImage.png(samples.get(i).code()));
    }
  }

  @Override
  public ObjectNode json() {
    final ObjectNode line = JsonNodeFactory.instance.objectNode();
    final ArrayNode codes = line.putArray("codes");
    for (final Sample each : samples) {
      codes
          .addObject()
          .put("name", each.name())
          .put("code", each.code())
          .put("verdict", each.verdict())
          .put("reason", each.reason());
    }
    return line;
  }

  @Override
  public String inWords() {
    final StringBuilder words =
        new StringBuilder("One code of every kind, to paste on the checkpoint page; ")
            .append(CHECKPOINT)
            .append(" says of each:");
    for (final Sample each : samples) {
      words.append(
          String.format(
              Locale.ROOT,
              "%n  %s: %s, %s%n    %s",
              each.name(),
              each.verdict(),
              each.reason(),
              each.code()));
    }
    return words.toString();
  }
}
