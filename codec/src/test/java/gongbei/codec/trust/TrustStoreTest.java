package gongbei.codec.trust;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.HcertClaims;
import gongbei.codec.code.HealthCode;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.code.TestCodes;
import gongbei.codec.file.FaultyFile;
import gongbei.codec.issue.CodeClaims;
import gongbei.codec.issue.CodeIssuer;
import gongbei.codec.model.CodeKind;
import gongbei.codec.model.Colour;
import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustStoreTest {
  private static final Instant FROM = Instant.ofEpochSecond(1_000_000);
  private static final Instant UNTIL = Instant.ofEpochSecond(2_000_000);

  private final KeyGeneration generation = new KeyGeneration();

  @Test
  void aKeySignsTheFormatsOfItsRegionAlone() {
    final IssuerKey guangdong = generation.generate("GD", FROM, UNTIL).issuerKey();
    assertEquals(Set.of(CodeFormat.GD1), guangdong.formats());
    assertEquals("GD", guangdong.issuer());
    assertEquals(SignatureAlgorithm.SM2, guangdong.algorithm());
    final IssuerKey macau = generation.generate("MO", FROM, UNTIL).issuerKey();
    assertEquals(Set.of(CodeFormat.MO1), macau.formats());
    final IssuerKey austria = generation.generate("AT", FROM, UNTIL).issuerKey();
    assertEquals(Set.of(CodeFormat.HC1), austria.formats());
    final TrustList list = new TrustList(List.of(guangdong, macau, austria));
    assertEquals(
        TrustList.NONE,
        list.next(CodeFormat.HC1, SignatureAlgorithm.ES256, macau.kid(), TrustList.NONE));
    assertEquals(
        TrustList.NONE,
        list.next(CodeFormat.MO1, SignatureAlgorithm.ES256, austria.kid(), TrustList.NONE));
    assertSame(
        macau,
        list.key(list.next(CodeFormat.MO1, SignatureAlgorithm.ES256, macau.kid(), TrustList.NONE)));
  }

  @Test
  void aKeyIsFoundByItsKidAndNoOtherAndIsValidFromItsFirstSecondToItsLast() {
    final IssuerKey made = generation.generate("AT", FROM, UNTIL).issuerKey();
    final List<IssuerKey> keys = new ArrayList<>();
    for (final long kid : new long[] {-5, 0, 7}) {
      keys.add(
          new IssuerKey("AT", kid, made.algorithm(), made.publicKey(), made.formats(), 7, 10, 20));
    }
    final TrustList list = new TrustList(keys);
    assertEquals(3, list.size());
    for (final long other : new long[] {Long.MIN_VALUE, -6, -4, -1, 1, 6, 8, Long.MAX_VALUE}) {
      assertNull(list.find(other));
      assertEquals(
          TrustList.NONE, list.next(CodeFormat.HC1, made.algorithm(), other, TrustList.NONE));
    }
    for (final IssuerKey key : keys) {
      assertSame(key, list.find(key.kid()));
    }
    for (final long[] each : new long[][] {{9, 0}, {10, 1}, {20, 1}, {21, 0}}) {
      assertEquals(each[1] == 1, keys.get(0).isValidAt(each[0]));
    }
  }

  @Test
  void keysThatShareAKidAreAllTried() {
    final IssuerKey one = generation.generate("AT", FROM, UNTIL).issuerKey();
    final IssuerKey other =
        new IssuerKey("DE", one.kid(), one.algorithm(), one.publicKey(), one.formats(), 7, 0, 1);
    final TrustList list = new TrustList(List.of(one, other));
    final int first =
        list.next(CodeFormat.HC1, SignatureAlgorithm.ES256, one.kid(), TrustList.NONE);
    final int second = list.next(CodeFormat.HC1, SignatureAlgorithm.ES256, one.kid(), first);
    assertNotEquals(list.key(first), list.key(second));
    assertEquals(
        TrustList.NONE, list.next(CodeFormat.HC1, SignatureAlgorithm.ES256, one.kid(), second));
  }

  @Test
  void theKidIsTheOneThatCodesOfTheCertificateCarry() throws Exception {
    int same = 0;
    int read = 0;
    final HealthCode code = new HealthCode();
    for (final JsonNode row : TestCodes.corpus()) {
      final byte[] der = Base64.getDecoder().decode(row.get("certificate").textValue());
      final byte[] text = TestCodes.ascii(row.get("code").textValue());
      if (code.wrap(text, 0, text.length) && code.cose().hasKid()) {
        read++;
        if (Certificates.kidOf(der) == code.cose().kid()) {
          same++;
          assertEquals(code.cose().kid(), Certificates.anchor("row", der).kid());
        }
      }
    }
    assertEquals(2, read - same, "the two codes of PL that another key has signed");
  }

  @Test
  void theExtendedKeyUsageSaysWhichCertificatesAKeySigns() throws Exception {
    for (final JsonNode row : TestCodes.corpus()) {
      final byte[] der = Base64.getDecoder().decode(row.get("certificate").textValue());
      switch (row.get("file").textValue()) {
        case "NL/2DCode/raw/216-NL-test+wrong_key.json" ->
            assertEquals(HcertClaims.VACCINATION, Certificates.issuerKey("NL", der).hcertTypes());
        case "common/2DCode/raw/CO12.json" ->
            assertEquals(HcertClaims.TEST, Certificates.issuerKey("CO", der).hcertTypes());
        case "common/2DCode/raw/CO15.json", "IS/2DCode/raw/3.json" ->
            assertEquals(7, Certificates.issuerKey("any", der).hcertTypes());
        default -> assertTrue(Certificates.issuerKey("any", der).hcertTypes() > 0);
      }
    }
  }

  @Test
  void aDirectoryIsReadAgainWhenItChangesAndAFileAtFaultIsLeftOut(@TempDir Path directory)
      throws Exception {
    final SigningKey first = generation.generate("GD", FROM, UNTIL);
    KeyGeneration.write(first, "gd", directory);
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(1, store.current().size());
    assertEquals(first.issuerKey().kid(), store.current().find(first.issuerKey().kid()).kid());
    Files.copy(
        directory.resolve("GD1/gd-" + first.issuerKey().kidHex() + ".cert.pem"),
        directory.resolve("GD1/again.pem"));
    assertTrue(store.reloadIfChanged());
    assertEquals(1, store.current().size(), "the same certificate twice is one key");
    assertFalse(store.reloadIfChanged());

    final SigningKey second = generation.generate("GD", FROM, UNTIL);
    KeyGeneration.write(second, "gd", directory);
    assertTrue(store.reloadIfChanged());
    assertEquals(2, store.current().size());

    final Path bad = directory.resolve("bad.pem");
    Files.writeString(bad, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertTrue(store.reloadIfChanged());
    assertEquals(
        List.of(new FaultyFile(bad, bad + ": is not an X.509 certificate")), store.faults());
    assertEquals(2, store.current().size());
    assertFalse(store.reloadIfChanged());
    Files.delete(bad);
    assertTrue(store.reloadIfChanged());
    assertEquals(List.of(), store.faults());
    assertEquals(2, store.current().size());
  }

  /** What is not understood is trusted by nobody, and what was taken away neither. */
  @Test
  void aRemovalCountsWhateverIsBesideItAndSoDoesAFileThatIsSpoilt(@TempDir Path directory)
      throws Exception {
    final List<SigningKey> keys = new ArrayList<>();
    final List<Path> files = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      keys.add(generation.generate("GD", FROM, UNTIL));
      files.add(KeyGeneration.write(keys.get(i), "gd", directory));
    }
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(3, store.current().size());
    Files.writeString(directory.resolve("torn.pem"), "-----BEGIN CERTIFICATE-----\nAAAA");
    Files.delete(files.get(0));
    assertTrue(store.reloadIfChanged());
    assertNull(store.current().find(keys.get(0).issuerKey().kid()), "removed beside a torn file");
    assertEquals(2, store.current().size());

    final String whole = Files.readString(files.get(1));
    Files.writeString(files.get(1), whole.substring(0, whole.length() / 2));
    assertTrue(store.reloadIfChanged());
    assertNull(store.current().find(keys.get(1).issuerKey().kid()), "spoilt");
    assertEquals(1, store.current().size());
    assertEquals(2, store.faults().size());
    Files.writeString(files.get(1), whole);
    assertTrue(store.reloadIfChanged());
    assertEquals(2, store.current().size());
    assertEquals(1, store.faults().size());

    try (Stream<Path> all = Files.walk(directory)) {
      for (final Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(directory)) {
          Files.delete(file);
        }
      }
    }
    assertTrue(store.reloadIfChanged());
    assertEquals(0, store.current().size(), "an empty directory trusts nobody");
    Files.delete(directory);
    assertThrows(TrustException.class, store::reloadIfChanged);
  }

  @Test
  void ofABundleOnlyTheCertificateAtFaultIsLeftOut(@TempDir Path directory) throws Exception {
    final SigningKey one = generation.generate("AT", FROM, UNTIL);
    final SigningKey other = generation.generate("DE", FROM, UNTIL);
    final String first = Files.readString(KeyGeneration.write(one, "at", directory));
    final String third = Files.readString(KeyGeneration.write(other, "de", directory));
    final Path bundles = Files.createDirectory(directory.resolve("bundles"));
    final Path bundle = bundles.resolve("all.pem");
    Files.writeString(
        bundle,
        first
            + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
            + "subject=what openssl prints beside it\n"
            + third);
    final TrustStore store = TrustStore.ofDirectory(bundles);
    assertEquals(2, store.current().size());
    assertEquals(
        List.of(new FaultyFile(bundle, bundle + " certificate 2: is not an X.509 certificate")),
        store.faults());
    assertEquals(
        List.of(bundles),
        TrustStore.ofDirectory(directory).passedOver(),
        "a directory in it is named and not looked into");
  }

  private Path certificate(String issuer, Path folder) throws Exception {
    Files.createDirectories(folder);
    return KeyGeneration.write(generation.generate(issuer, FROM, UNTIL), "x", folder);
  }

  private static void assertTrustedFor(CodeFormat format, TrustStore store) {
    assertEquals(List.of(), store.faults());
    assertEquals(1, store.current().size());
    assertEquals(Set.of(format), store.current().keys().get(0).formats());
  }

  /** Which key may sign which format is where its certificate lies, not what it says. */
  @Test
  void aKeySignsTheFormatOfItsDirectoryAndNoOther(@TempDir Path directory) throws Exception {
    for (final String[] each :
        new String[][] {{"GD", "GD1"}, {"MO", "MO1"}, {"MO", "HC1"}, {"DE", "HC1"}}) {
      final Path root = Files.createTempDirectory(directory, each[0]);
      certificate(each[0], root.resolve(each[1]));
      assertTrustedFor(CodeFormat.valueOf(each[1]), TrustStore.ofDirectory(root));
    }
    final Path beside = Files.createTempDirectory(directory, "beside");
    certificate("DE", beside);
    assertTrustedFor(CodeFormat.HC1, TrustStore.ofDirectory(beside));
    final Path foreign = Files.createTempDirectory(directory, "foreign");
    certificate("MO", foreign.resolve("HC1"));
    assertFalse(
        TrustStore.ofDirectory(foreign).current().keys().get(0).signsFor(Region.MACAU),
        "what a certificate says of its country makes nobody Macau's");
  }

  @Test
  void whatACertificateSaysOfItselfTakesFromItsDirectoryAndAddsNothing(@TempDir Path directory)
      throws Exception {
    final Path stranger = certificate("DE", directory.resolve("MO1"));
    final Path sm2 = certificate("GD", directory.resolve("MO1"));
    final Path p256 = certificate("MO", directory.resolve("GD1"));
    final Path eu = certificate("GD", directory.resolve("HC1"));
    final TrustStore store = TrustStore.ofDirectory(directory);
    assertEquals(0, store.current().size());
    assertEquals(
        Set.of(
            stranger + ": it says that it is of DE, and who signs MO1 is of MO",
            sm2 + ": its key is of SM2, by which no MO1 is signed",
            p256 + ": its key is of ES256, by which no GD1 is signed",
            eu + ": its key is of SM2, by which no HC1 is signed"),
        store.faults().stream().map(FaultyFile::message).collect(Collectors.toSet()));
  }

  /** Directories were once without directories: a region's key that lies there is refused. */
  @Test
  void aRegionsKeyBesideTheDirectoriesRefusesTheStartAndIsLeftOutLater(@TempDir Path directory)
      throws Exception {
    for (final String region : List.of("GD", "MO")) {
      final Path old = Files.createTempDirectory(directory, region);
      final Path file = certificate(region, old);
      final String format = region + "1";
      final String reason =
          file
              + ": who signs "
              + format
              + " is who lies in "
              + old.resolve(format)
              + "; here it is trusted for nothing: move it";
      assertEquals(
          reason,
          assertThrows(TrustException.class, () -> TrustStore.ofDirectory(old)).getMessage());
      Files.delete(file);
      final TrustStore store = TrustStore.ofDirectory(old);
      final Path late = certificate(region, old);
      assertTrue(store.reloadIfChanged());
      assertEquals(0, store.current().size());
      assertEquals(
          reason.replace(file.toString(), late.toString()), store.faults().get(0).message());
      Files.createDirectories(old.resolve(format));
      Files.move(late, old.resolve(format).resolve("moved.pem"));
      assertTrue(store.reloadIfChanged());
      assertTrustedFor(CodeFormat.valueOf(format), store);
    }
  }

  @Test
  void aSerialIsTheHmacOfItsSource(@TempDir Path directory) throws Exception {
    final Path file = directory.resolve("subject.secret");
    SubjectSecret.generate().write(file);
    final byte[] secret =
        HexFormat.of().parseHex(Files.readString(file, StandardCharsets.US_ASCII).strip());
    final SigningKey key = generation.generate("GD", FROM, UNTIL);
    final byte[] subject = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    final byte[] serial = "serial-8".getBytes(StandardCharsets.US_ASCII);
    final long iat = FROM.getEpochSecond() + 7;
    final byte[] text =
        new CodeIssuer(CodeFormat.GD1, key)
            .issue(
                CodeClaims.of(CodeKind.PERSON, subject)
                    .colour(Colour.GREEN)
                    .serial(serial)
                    .validity(iat, iat + 60)
                    .build())
            .getBytes(StandardCharsets.US_ASCII);
    final HealthCode source = new HealthCode();
    assertTrue(source.wrap(text, 0, text.length));
    // RFC 5869 with SM3: no salt, and one block is enough.
    final byte[] extracted = hmac(new byte[32], secret);
    final byte[] derived =
        hmac(extracted, "gongbei translated serial\u0001".getBytes(StandardCharsets.US_ASCII));
    final ByteBuffer message = ByteBuffer.allocate(2 + 16 + 8 + 8);
    message.put("GD".getBytes(StandardCharsets.US_ASCII)).put(subject).put(serial).putLong(iat);
    final SubjectSecret.Serials serials = SubjectSecret.read(file).serials();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(Arrays.copyOf(hmac(derived, message.array()), 8), serials.serial(source));
    }
  }

  private static byte[] hmac(byte[] key, byte[] message) {
    return sm3(pad(key, 0x5C), sm3(pad(key, 0x36), message));
  }

  @Test
  void authoritiesSignOnP256(@TempDir Path directory) throws Exception {
    KeyGeneration.write(generation.generateAuthority("Bureau", FROM, UNTIL), "a", directory);
    final Path wrong = KeyGeneration.write(generation.generate("GD", FROM, UNTIL), "b", directory);
    final TrustStore store = TrustStore.ofAuthorities(directory);
    assertEquals(1, store.current().size());
    assertEquals(
        wrong + ": a request is signed on P-256, and this key is of SM2",
        store.faults().get(0).message());
  }

  /** What scans need of a list is made ready while they still go by the one before. */
  @Test
  void aNewListComesIntoForceOnceItIsMadeReady(@TempDir Path directory) throws Exception {
    KeyGeneration.write(generation.generate("GD", FROM, UNTIL), "gd", directory);
    final TrustStore store = TrustStore.ofDirectory(directory);
    final TrustList before = store.current();
    assertFalse(store.reloadIfChanged(list -> fail("nothing has changed")));
    KeyGeneration.write(generation.generate("MO", FROM, UNTIL), "mo", directory);
    final IllegalStateException fault = new IllegalStateException("not ready");
    assertSame(
        fault,
        assertThrows(
            IllegalStateException.class,
            () ->
                store.reloadIfChanged(
                    list -> {
                      throw fault;
                    })));
    assertSame(before, store.current());
    final List<TrustList> ready = new ArrayList<>();
    final Thread reloading = Thread.currentThread();
    assertTrue(
        store.reloadIfChanged(
            list -> {
              assertSame(reloading, Thread.currentThread());
              assertSame(before, store.current());
              assertEquals(2, list.size());
              ready.add(list);
            }),
        "what was not ready is tried again");
    assertEquals(1, ready.size());
    assertSame(ready.get(0), store.current());
    assertFalse(store.reloadIfChanged(list -> fail("nothing has changed")));
  }

  @Test
  void codesAreSignedWithTheNewestKeyThatIsValid(@TempDir Path directory) throws Exception {
    final SigningKey old = generation.generate("MO", FROM, UNTIL);
    final SigningKey newer = generation.generate("MO", FROM.plusSeconds(100), UNTIL);
    KeyGeneration.write(old, "mo", directory);
    KeyGeneration.write(newer, "mo", directory);
    final SigningKeys keys = SigningKeys.ofDirectory(directory);
    assertEquals(old, keys.current(CodeFormat.MO1, FROM.getEpochSecond() + 50));
    assertEquals(newer, keys.current(CodeFormat.MO1, FROM.getEpochSecond() + 100));
    assertNull(keys.current(CodeFormat.MO1, UNTIL.getEpochSecond() + 1));
    assertNull(keys.current(CodeFormat.GD1, FROM.getEpochSecond() + 100));

    assertFalse(keys.reloadIfChanged());
    final SigningKey newest = generation.generate("MO", FROM.plusSeconds(200), UNTIL);
    KeyGeneration.write(newest, "mo", directory);
    assertTrue(keys.reloadIfChanged());
    assertEquals(newest, keys.current(CodeFormat.MO1, FROM.getEpochSecond() + 200));
    final Path torn = directory.resolve("torn.pem");
    Files.writeString(torn, "no PEM");
    assertTrue(keys.reloadIfChanged());
    assertEquals(newest, keys.current(CodeFormat.MO1, FROM.getEpochSecond() + 200));
    assertEquals(
        List.of(new FaultyFile(torn, torn + " is neither PEM nor DER: no block begins in it")),
        keys.faults());
    Files.delete(directory.resolve("mo-" + newest.issuerKey().kidHex() + ".key.pem"));
    assertTrue(keys.reloadIfChanged());
    assertEquals(
        newer,
        keys.current(CodeFormat.MO1, FROM.getEpochSecond() + 200),
        "a key that was taken away signs no more, whatever is beside it");
    assertThrows(TrustException.class, () -> SigningKeys.ofDirectory(directory), "at the start");
  }

  @Test
  void aPrivateKeyIsForItsOwnerAloneAndNothingIsWrittenOver(@TempDir Path directory)
      throws Exception {
    final SigningKey key = generation.generate("GD", FROM, UNTIL);
    KeyGeneration.write(key, "gd", directory);
    assertThrows(FileAlreadyExistsException.class, () -> KeyGeneration.write(key, "gd", directory));
    final Path secret = directory.resolve("gd-" + key.issuerKey().kidHex() + ".key.pem");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    assertFalse(key.toString().contains("privateKey"));
    Files.delete(directory.resolve("GD1/gd-" + key.issuerKey().kidHex() + ".cert.pem"));
    final TrustException refusal =
        assertThrows(TrustException.class, () -> SigningKeys.ofDirectory(directory));
    assertTrue(refusal.getMessage().contains("no certificate"), refusal.getMessage());
  }

  /** GB/T 32905: HMAC by its definition (RFC 2104) over the library's hash. */
  @Test
  void aSubjectIsTheHmacOfTheDocument(@TempDir Path directory) throws Exception {
    final Path file = directory.resolve("subject.secret");
    SubjectSecret.generate().write(file);
    final byte[] secret =
        HexFormat.of().parseHex(Files.readString(file, StandardCharsets.US_ASCII).strip());
    final byte[] document = "\u0004M1234567".getBytes(StandardCharsets.UTF_8);
    final byte[] expected = sm3(pad(secret, 0x5C), sm3(pad(secret, 0x36), document));
    final SubjectSecret read = SubjectSecret.read(file);
    assertArrayEquals(
        Arrays.copyOf(expected, 16), read.subject(DocumentType.MACAU_BIR, " m123 4567"));
    assertFalse(
        Arrays.equals(
            read.subject(DocumentType.MACAU_BIR, "M1234567"),
            read.subject(DocumentType.PASSPORT, "M1234567")));
    assertThrows(IllegalArgumentException.class, () -> read.subject(DocumentType.PASSPORT, " "));
    Files.writeString(directory.resolve("bad"), "12");
    assertThrows(TrustException.class, () -> SubjectSecret.read(directory.resolve("bad")));
  }

  private static byte[] pad(byte[] secret, int value) {
    final byte[] block = new byte[64];
    System.arraycopy(secret, 0, block, 0, secret.length);
    for (int i = 0; i < block.length; i++) {
      block[i] ^= (byte) value;
    }
    return block;
  }

  private static byte[] sm3(byte[] first, byte[] second) {
    final SM3Digest sm3 = new SM3Digest();
    sm3.update(first, 0, first.length);
    sm3.update(second, 0, second.length);
    final byte[] hash = new byte[32];
    sm3.doFinal(hash, 0);
    return hash;
  }
}
