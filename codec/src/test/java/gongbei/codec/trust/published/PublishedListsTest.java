package gongbei.codec.trust.published;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.code.CodeFormat;
import gongbei.codec.code.SignatureAlgorithm;
import gongbei.codec.file.FileContent;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.codec.trust.SigningKey;
import gongbei.codec.trust.TrustException;
import gongbei.codec.trust.TrustListFile;
import gongbei.codec.trust.TrustStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trust lists as they are published. Those of {@code trust-lists} were made by others' tools: keys
 * and certificates by OpenSSL, the proofs by jsonld.js 9.0.0 (URDNA2015) and Node's crypto, in the
 * form of the WHO's own, which the same code verifies.
 */
final class PublishedListsTest {
  private static final Path LISTS = Path.of("src", "test", "resources", "trust-lists");
  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
  private static final Duration LIFE = Duration.ofDays(30);

  /** Bytes that open things in ASN.1, and bytes that open nothing that is known. */
  private static final int[] ODD_BYTES = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x30, 0x31, 0x80, 0xA0, 0xC9, 0xFF
  };

  @TempDir private Path directory;

  private static TrustListFile read(ListFormat format, Path from, Optional<Path> signer)
      throws TrustException {
    return PublishedLists.read(format, from, signer, NOW, LIFE);
  }

  private static TrustListFile did(String file) throws TrustException {
    return read(ListFormat.WHO_DID, LISTS.resolve(file), Optional.of(LISTS.resolve("signer.json")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"did.json", "did-raw.json"})
  void theWhosListIsReadWithItsProofAndWhatCannotBeUsedIsSkippedByItself(String file)
      throws TrustException {
    final TrustListFile list = did(file);
    assertEquals("verified", list.proof());
    assertEquals(Instant.parse("2026-08-22T18:00:02Z"), list.publishedAt());
    assertEquals(NOW.plus(LIFE), list.expiresAt());
    assertEquals(
        Set.of(SignatureAlgorithm.ES256, SignatureAlgorithm.ES384),
        Set.copyOf(list.keys().stream().map(IssuerKey::algorithm).toList()));
    assertTrue(
        list.keys().stream().anyMatch(key -> key.kidHex().equals("0102030405060708")),
        "the list's own kid");
    assertTrue(list.keys().stream().allMatch(key -> key.formats().equals(Set.of(CodeFormat.HC1))));
    assertEquals(3, list.skipped().size(), list.skipped().toString());
    assertSkipped(list, "RSA modulus is of 1024 bits");
    assertSkipped(list, "is signed by no authority that the list has of its country");
    assertSkipped(list, "did:web:elsewhere.example is another document");
  }

  private static void assertSkipped(TrustListFile list, String reason) {
    assertTrue(
        list.skipped().stream().anyMatch(each -> each.contains(reason)),
        () -> reason + " is not in " + list.skipped());
  }

  private Path changed(String from, String to) throws IOException {
    final String text = Files.readString(LISTS.resolve("did.json"));
    assertTrue(text.contains(from), from);
    return Files.writeString(directory.resolve("did.json"), text.replace(from, to));
  }

  @ParameterizedTest
  @CsvSource({
    "#DDCC, #ICVP",
    "2026-08-22T18, 2026-08-23T18",
    "did:web:elsewhere.example, did:web:somewhere.example",
    "'\"#XXA\"', '\"#XXB\"'",
    "#DSC, #SCA"
  })
  void aListThatWasChangedIsRefusedAsAWhole(String from, String to) throws IOException {
    final Path file = changed(from, to);
    final TrustException fault =
        assertThrows(
            TrustException.class,
            () -> read(ListFormat.WHO_DID, file, Optional.of(LISTS.resolve("signer.json"))));
    assertTrue(fault.getMessage().contains("or the list was changed"), fault.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "'\"id\": \"did:web:lists.example:v2:trustlist\",', '\"id\": \"did:web:lists.example:v2:trustlist\", \"service\": [],'",
    "https://w3id.org/security/suites/jws-2020/v1, https://a.example/context"
  })
  void whatAProofMayNotBeOverMakesItOneThatCannotBeChecked(String from, String to)
      throws IOException {
    final Path file = changed(from, to);
    final TrustException fault =
        assertThrows(
            TrustException.class,
            () -> read(ListFormat.WHO_DID, file, Optional.of(LISTS.resolve("signer.json"))));
    assertTrue(fault.getMessage().contains("its proof can't be checked"), fault.getMessage());
  }

  @Test
  void aSignerBesideTheListIsFoundAndOneThatIsNotGivenIsSaidSo()
      throws IOException, TrustException {
    assertEquals(
        "not-verified",
        read(ListFormat.WHO_DID, LISTS.resolve("did.json"), Optional.empty()).proof());
    Files.copy(LISTS.resolve("did.json"), directory.resolve("did.json"));
    Files.copy(LISTS.resolve("signer.json"), directory.resolve("signer.json"));
    final TrustListFile list = read(ListFormat.WHO_DID, directory, Optional.empty());
    assertEquals("verified", list.proof());
    assertEquals(2, list.keys().size(), "the signer's key signs no codes");
    final Path bare =
        Files.writeString(
            directory.resolve("bare.json"),
            Files.readString(LISTS.resolve("did.json")).replace("\"proof\"", "\"poof\""));
    assertThrows(
        TrustException.class,
        () -> read(ListFormat.WHO_DID, bare, Optional.of(LISTS.resolve("signer.json"))));
  }

  @Test
  void theGatewaysListAndABundleHaveTheSameKeys() throws TrustException, IOException {
    final TrustListFile gateway =
        read(ListFormat.DGC_GATEWAY, LISTS.resolve("gateway.json"), Optional.empty());
    final TrustListFile bundle =
        read(ListFormat.PEM, LISTS.resolve("bundle.pem"), Optional.empty());
    assertEquals(2, gateway.keys().size());
    assertEquals(
        gateway.keys().stream().map(IssuerKey::kid).sorted().toList(),
        bundle.keys().stream().map(IssuerKey::kid).sorted().toList());
    assertEquals(2, gateway.skipped().size(), gateway.skipped().toString());
    assertEquals(1, bundle.authorities().size(), "who names the signers of seals");
    assertEquals(List.of(), gateway.authorities());
    final Path wrapped =
        Files.writeString(
            directory.resolve("wrapped.json"),
            "c2lnbmF0dXJl\n{\"certificates\":"
                + Files.readString(LISTS.resolve("gateway.json"))
                + "}");
    assertEquals(2, read(ListFormat.DGC_GATEWAY, wrapped, Optional.empty()).keys().size());
    final Path other =
        Files.writeString(
            directory.resolve("other.json"),
            Files.readString(LISTS.resolve("gateway.json"))
                .replaceFirst("(\"thumbprint\": \")[0-9a-f]{64}", "$1" + "0".repeat(64)));
    assertSkipped(
        read(ListFormat.DGC_GATEWAY, other, Optional.empty()), "thumbprint is not that of");
  }

  @Test
  void aListInATrustDirectoryCountsUntilItExpires() throws IOException, TrustException {
    final Path file = directory.resolve("who" + TrustListFile.ENDING);
    final TrustListFile list = did("did.json");
    Files.write(file, list.toJson());
    final Instant[] now = {NOW};
    final TrustStore store = TrustStore.ofDirectory(directory, () -> now[0]);
    assertEquals(2, store.current().size());
    assertEquals(List.of(), store.faults());
    assertEquals(3, store.skippedKeys().size());
    assertEquals(list.publishedAt(), store.lists().get(0).publishedAt());
    now[0] = NOW.plus(LIFE).minusSeconds(1);
    assertEquals(false, store.reloadIfChanged());
    now[0] = NOW.plus(LIFE);
    assertEquals(true, store.reloadIfChanged());
    assertEquals(0, store.current().size());
    assertTrue(store.faults().get(0).message().contains("the list expired at"));
    assertEquals(false, store.reloadIfChanged());
    Files.write(
        file,
        PublishedLists.read(
                ListFormat.WHO_DID,
                LISTS.resolve("did.json"),
                Optional.of(LISTS.resolve("signer.json")),
                now[0],
                LIFE)
            .toJson());
    assertEquals(true, store.reloadIfChanged());
    assertEquals(2, store.current().size());
  }

  @Test
  void noListMakesAKeyTrustedForARegion() throws IOException, TrustException {
    final String text = new String(did("did.json").toJson(), StandardCharsets.UTF_8);
    Files.writeString(
        directory.resolve("list" + TrustListFile.ENDING), text.replace("\"HC1\"", "\"MO1\""));
    final TrustStore store = TrustStore.ofDirectory(directory, InstantSource.fixed(NOW));
    assertEquals(0, store.current().size());
    assertTrue(store.skippedKeys().toString().contains("can't make a key trusted for a region"));
    Files.writeString(directory.resolve("no.json"), "{\"format\":\"other\"}");
    store.reloadIfChanged();
    assertTrue(store.faults().get(0).message().contains("format is not gongbei-trust-list"));
  }

  /**
   * Found by fuzzing: a key of bits that are no whole bytes, a name whose type is no identifier.
   */
  @ParameterizedTest
  @EnumSource(
      value = ListFormat.class,
      names = {"PEM", "DGC_GATEWAY", "WHO_DID"})
  void aCertificateThatIsBrokenAnywhereIsSkippedByItself(ListFormat format) throws TrustException {
    final SigningKey key = new KeyGeneration().generate("XX", NOW, NOW.plus(LIFE));
    final byte[] whole = key.certificate();
    final byte[] point =
        ((ECPublicKeyParameters) key.issuerKey().publicKey()).getQ().getEncoded(false);
    final String did =
        "{'id':'did:web:a','verificationMethod':[{'id':'did:web:a:DCC:XXA:DSC#AAAAAAAAAAA=',"
            + "'publicKeyJwk':{'kty':'EC','crv':'P-256','x':'"
            + coordinate(point, 1)
            + "','y':'"
            + coordinate(point, 33)
            + "','x5c':['%s']}}]}";
    final String list =
        switch (format) {
          case WHO_DID -> did;
          case DGC_GATEWAY ->
              "[{'certificateType':'DSC','country':'XX','kid':'AAAAAAAAAAA=','rawData':'%s'}]";
          default -> "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n";
        };
    assertEquals(1, keysOf(format, list, whole), "the certificate that is whole");
    for (int at = 0; at < whole.length; at++) {
      for (final int value : ODD_BYTES) {
        final byte[] broken = whole.clone();
        broken[at] = (byte) value;
        assertTrue(keysOf(format, list, broken) <= 1, "a byte makes no key");
      }
    }
  }

  private static String coordinate(byte[] point, int offset) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Arrays.copyOfRange(point, offset, offset + 32));
  }

  /** How many keys are read in a list of one certificate. */
  private static int keysOf(ListFormat format, String list, byte[] der) throws TrustException {
    final String text = Base64.getEncoder().encodeToString(der);
    try {
      return PublishedLists.read(
              format,
              new FileContent(
                  Path.of("list"),
                  list.replace('\'', '"').replace("%s", text).getBytes(StandardCharsets.UTF_8),
                  null),
              NOW,
              LIFE)
          .keys()
          .size();
    } catch (TrustException e) {
      assertEquals(ListFormat.PEM, format, "a list is refused for one of its keys");
      assertTrue(e.getMessage().startsWith("list"), e.getMessage());
      return 0;
    }
  }
}
