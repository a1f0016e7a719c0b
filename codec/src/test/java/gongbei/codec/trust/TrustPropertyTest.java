package gongbei.codec.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.model.DocumentType;
import gongbei.codec.signature.BouncyCastleEngine;
import gongbei.codec.signature.CodeSigner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** That keys and secrets are read from JSON and files as they were written. */
final class TrustPropertyTest {
  private static final long FIRST_SECOND = 1_000_000_000L;
  private static final int MOST_SECONDS = 2_000_000_000;
  private static final SigningKey GUANGDONG = key("GD", FIRST_SECOND, 1);
  private static final SigningKey MACAU = key("MO", FIRST_SECOND, 1);

  private Path directory;

  private static SigningKey key(String issuer, long from, long life) {
    return new KeyGeneration()
        .generate(issuer, Instant.ofEpochSecond(from), Instant.ofEpochSecond(from + life));
  }

  @BeforeTry
  void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("keys");
  }

  @AfterTry
  void removeDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Provide
  Arbitrary<Set<CodeFormat>> formats() {
    return Arbitraries.of(CodeFormat.class).set().map(Set::copyOf);
  }

  @Property(tries = 200)
  void anIssuersKeyIsReadFromJsonAsItWasWritten(
      @ForAll boolean isGuangdong,
      @ForAll("formats") Set<CodeFormat> formats,
      @ForAll long kid,
      @ForAll @IntRange(max = 7) int hcertTypes,
      @ForAll long notBefore,
      @ForAll long notAfter)
      throws TrustException {
    final IssuerKey like = (isGuangdong ? GUANGDONG : MACAU).issuerKey();
    final IssuerKey key =
        new IssuerKey(
            like.issuer(),
            kid,
            like.algorithm(),
            like.publicKey(),
            formats,
            hcertTypes,
            notBefore,
            notAfter);
    final IssuerKey read = IssuerKeyJson.read(IssuerKeyJson.of(key));
    assertEquals(IssuerKeyJson.of(key), IssuerKeyJson.of(read));
    assertEquals(key.kid(), read.kid());
    assertEquals(key.formats(), read.formats());
    assertEquals(notBefore, read.notBeforeEpochSeconds());
    assertEquals(notAfter, read.notAfterEpochSeconds());
  }

  @Property(tries = 40)
  void aKeyReadFromItsFilesSignsWhatTheOneWrittenVerifies(
      @ForAll boolean isGuangdong,
      @ForAll @LongRange(min = 0, max = MOST_SECONDS) long notBefore,
      @ForAll @LongRange(min = 1, max = MOST_SECONDS) long life,
      @ForAll byte[] message)
      throws IOException, TrustException {
    final SigningKey key = key(isGuangdong ? "GD" : "MO", notBefore, life);
    KeyGeneration.write(key, isGuangdong ? "gd" : "mo", directory);
    final SigningKey read = SigningKeys.ofDirectory(directory).all().get(0);
    assertEquals(IssuerKeyJson.of(key.issuerKey()), IssuerKeyJson.of(read.issuerKey()));
    assertArrayEquals(key.certificate(), read.certificate());
    assertEquals(
        IssuerKeyJson.of(key.issuerKey()),
        IssuerKeyJson.of(TrustStore.ofDirectory(directory).current().find(key.issuerKey().kid())));
    assertTrue(read.issuerKey().formats().contains(isGuangdong ? CodeFormat.GD1 : CodeFormat.MO1));
    final byte[] signature = new CodeSigner(read).sign(message, 0, message.length);
    assertTrue(
        new BouncyCastleEngine()
            .verify(key.issuerKey(), message, 0, message.length, signature, 0, signature.length));
  }

  @Property(tries = 40)
  void aSecretReadFromItsFileGivesTheSameSubjects(
      @ForAll DocumentType type, @ForAll @LongRange(min = 0) long number)
      throws IOException, TrustException {
    final SubjectSecret secret = SubjectSecret.generate();
    final Path file = directory.resolve("subject.secret");
    secret.write(file);
    assertArrayEquals(
        secret.subject(type, String.valueOf(number)),
        SubjectSecret.read(file).subject(type, String.valueOf(number)));
  }
}
