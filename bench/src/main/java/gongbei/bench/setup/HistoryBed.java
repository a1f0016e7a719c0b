package gongbei.bench.setup;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.SigningKeys;
import gongbei.codec.trust.TrustException;
import gongbei.replication.map.Subject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The directory of a node alone whose history is measured: its keys, its configuration, its data,
 * and how much was loaded, so that a load of hours is used again. Codes are for any thread, the
 * rest is for one.
 */
public final class HistoryBed {
  private static final String LOADED = "loaded";
  private static final int AUTHORITIES = 2;
  private static final Duration BEFORE = Duration.ofDays(1);
  private static final Duration LIFE = Duration.ofDays(30);

  private final Path directory;
  private final SigningKey issuer;
  private final long residents;
  private final long changes;
  private final CodeIssuer codes;

  private HistoryBed(Path directory, SigningKey issuer, long residents, long changes) {
    this.directory = directory;
    this.issuer = issuer;
    this.residents = residents;
    this.changes = changes;
    codes = new CodeIssuer(CodeFormat.GD1, issuer);
  }

  private static Path keys(Path directory) {
    return directory.resolve("keys");
  }

  /** Makes keys in an empty directory, for so many residents and changes of them to be loaded. */
  public static HistoryBed make(Path directory, long residents, long changes) throws IOException {
    final Instant from = Instant.now().minus(BEFORE);
    final SigningKey issuer =
        new KeyGeneration().generate(CodeFormat.GD1.issuer(), from, from.plus(LIFE));
    KeyGeneration.write(issuer, "gd", keys(directory));
    return new HistoryBed(directory, issuer, residents, changes);
  }

  /**
   * Reads a directory that was loaded before.
   *
   * @throws Refusal where it was not, or not to the end
   */
  public static HistoryBed read(Path directory) throws IOException {
    try {
      final String[] loaded = Files.readString(directory.resolve(LOADED)).strip().split(" ", -1);
      return new HistoryBed(
          directory,
          SigningKeys.ofDirectory(keys(directory)).all().get(0),
          Long.parseLong(loaded[0]),
          Long.parseLong(loaded[1]));
    } catch (NoSuchFileException e) {
      throw new Refusal(directory + " was not loaded by why-bench, or not to the end");
    } catch (TrustException | IndexOutOfBoundsException | NumberFormatException e) {
      throw new Refusal(directory + " is not as why-bench has left it: " + e.getMessage());
    }
  }

  /** Notes that all that was to be loaded is. */
  public void loaded() throws IOException {
    Files.writeString(directory.resolve(LOADED), residents + " " + changes + "\n");
  }

  /**
   * Makes authorities in the place of those that there were, and writes the configuration of a
   * node, which is at {@code node.yaml}.
   *
   * @param http the port of its HTTP interface; 0 for any
   */
  public List<SigningKey> configure(int http) throws IOException {
    final Path certificates = directory.resolve("authorities");
    if (Files.exists(certificates)) {
      try (Stream<Path> files = Files.list(certificates)) {
        for (final Path file : files.toList()) {
          Files.delete(file);
        }
      }
    }
    final Instant from = Instant.now().minus(BEFORE);
    final List<SigningKey> authorities = new ArrayList<>();
    for (int i = 0; i < AUTHORITIES; i++) {
      authorities.add(
          new KeyGeneration().generateAuthority("Authority " + i, from, from.plus(LIFE)));
      KeyGeneration.write(authorities.get(i), "authority-" + i, certificates);
    }
    Files.writeString(
        configuration(),
        "dataDirectory: data\nmaxSubjects: "
            + residents
            + "\ntrustDirectory: keys\nsigningKeyDirectory: keys\nauthorityDirectory: authorities\n"
            + "http: {host: 127.0.0.1, port: "
            + http
            + "}\ntcp: {host: 127.0.0.1, port: 0}\n"
            + "access: {addressRequestsPerSecond: 0}\n");
    return authorities;
  }

  /** The node's configuration. */
  public Path configuration() {
    return directory.resolve("node.yaml");
  }

  /** The directory of all of it. */
  public Path directory() {
    return directory;
  }

  /** The key that signs codes and heads. */
  public SigningKey issuer() {
    return issuer;
  }

  /** How many residents there are. */
  public long residents() {
    return residents;
  }

  /** How many changes of them were loaded. */
  public long changes() {
    return changes;
  }

  /** One of the residents; the same for the same number. */
  public Subject resident(long number) {
    return Population.subject(Math.floorMod(Population.stir(number * 31), residents));
  }

  /** A code of a holder that was issued now. */
  public String code(Subject holder, int serial, Duration life) {
    final long now = Instant.now().getEpochSecond();
    return codes.issue(
        CodeClaims.of(CodeKind.PERSON, holder.toBytes())
            .colour(Colour.GREEN)
            .serial(ByteBuffer.allocate(Long.BYTES).putLong(serial).array())
            .validity(now, now + life.toSeconds())
            .build());
  }
}
