package gongbei.verifier.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.codec.code.HealthCode;
import gongbei.codec.trust.IssuerKey;
import gongbei.codec.trust.KeyGeneration;
import gongbei.testing.TestCorpora;
import gongbei.verifier.revocation.RevocationList.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which hashes a foreign code is found to be revoked. */
final class RevocationCheckTest {
  private static final long NOW = 1_650_000_000L;
  private static final IssuerKey KEY =
      new KeyGeneration()
          .generate("DE", Instant.ofEpochSecond(NOW), Instant.ofEpochSecond(NOW + 9))
          .issuerKey();

  private final RevocationCheck check = new RevocationCheck();

  private static HealthCode picture(String file) throws IOException {
    for (final String line :
        Files.readAllLines(TestCorpora.require("dcc-pictures/pictures.jsonl"))) {
      final JsonNode each = new ObjectMapper().readTree(line);
      if (each.path("file").asText().equals(file)) {
        return code(each.path("text").asText());
      }
    }
    throw new IllegalStateException("there is no picture " + file);
  }

  private static HealthCode code(String text) {
    final byte[] ascii = text.strip().getBytes(StandardCharsets.US_ASCII);
    final HealthCode code = new HealthCode();
    assertTrue(code.wrap(ascii, 0, ascii.length), code::explanation);
    return code;
  }

  private static RevocationSet setOf(RevocationType type, byte[] hash, long time)
      throws RevocationException {
    final TreeMap<Hash, Long> entries = new TreeMap<>();
    entries.put(Hash.of(hash, 0), time);
    final RevocationScope scope =
        new RevocationScope(Set.of(type), "", OptionalLong.of(KEY.kid()), 0);
    return RevocationSet.of(
        List.of(RevocationList.read("x.a", RevocationList.write(scope, entries))), List.of());
  }

  private static RevocationSet setOf(RevocationType type, byte[] hash) throws RevocationException {
    return setOf(type, hash, RevocationList.ANY_TIME);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The hashes are those of Germany's Corona-Warn-App for the same two codes
   * (RevocationCalculationSampleData.json of corona-warn-app/cwa-app-android, Apache-2.0).
   */
  @ParameterizedTest
  @CsvSource({
    "DE_1.3.0_REC_DE.png, UCI, 423bd0a847634ce8dea5dd5e9400f287",
    "DE_1.3.0_REC_DE.png, COUNTRYCODEUCI, 7dfb27c9adf0551f0600585a9641a026",
    "DE_1.3.0_REC_DE.png, SIGNATURE, 2698afff2cdbd017bc957b6fa1764ac7",
    "DE_1.3.0_VAC_DE.png, UCI, 54a90383b0e792489835caec8befd2a4",
    "DE_1.3.0_VAC_DE.png, COUNTRYCODEUCI, eeabbcbbb1637ddf343458f1f41842da",
    "DE_1.3.0_VAC_DE.png, SIGNATURE, b80307723714cb7cd9a653a0bc56c89d"
  })
  void aCertificateHasTheHashesThatAnotherAppComputes(String file, RevocationType type, String hash)
      throws Exception {
    final byte[] published = HexFormat.of().parseHex(hash);
    assertTrue(check.isRevoked(setOf(type, published), picture(file), KEY, NOW));
    assertEquals(type, check.found());
    for (final RevocationType other : RevocationType.values()) {
      if (other != type) {
        assertFalse(check.isRevoked(setOf(other, published), picture(file), KEY, NOW));
        assertNull(check.found());
      }
    }
    published[15] ^= 1;
    assertFalse(check.isRevoked(setOf(type, published), picture(file), KEY, NOW));
  }

  @Test
  void everyPictureOfTheCollectionIsFoundByItsSignatureAndNoneByAnothers() throws Exception {
    HealthCode before = null;
    int codes = 0;
    for (final String line :
        Files.readAllLines(TestCorpora.require("dcc-pictures/pictures.jsonl"))) {
      final byte[] text =
          new ObjectMapper()
              .readTree(line)
              .path("text")
              .asText()
              .getBytes(StandardCharsets.US_ASCII);
      final HealthCode code = new HealthCode();
      if (!code.wrap(text, 0, text.length)) {
        continue;
      }
      codes++;
      final byte[] signature = signature(code);
      final RevocationSet set = setOf(RevocationType.SIGNATURE, sha256(signature));
      assertTrue(check.isRevoked(set, code, KEY, NOW));
      if (before != null && !Arrays.equals(signature, signature(before))) {
        assertFalse(check.isRevoked(set, before, KEY, NOW));
      }
      before = code;
    }
    assertTrue(codes > 150, codes + " codes");
  }

  private static byte[] signature(HealthCode code) {
    final int whole = code.signed().signatureLength();
    final boolean isRsa = code.signed().algorithm().name().equals("PS256");
    return Arrays.copyOfRange(
        code.signed().signature(),
        code.signed().signatureOffset(),
        code.signed().signatureOffset() + (isRsa ? whole : whole / 2));
  }

  @Test
  void aSealIsFoundByItsIdentifierAndByWhatIsSigned() throws Exception {
    final HealthCode seal =
        code(Files.readString(TestCorpora.require("gdhcn/ICAOAUQR1Contents.txt")));
    assertTrue(check.isRevoked(setOf(RevocationType.UCI, sha256("VB0009990012")), seal, KEY, NOW));
    assertFalse(check.isRevoked(setOf(RevocationType.UCI, sha256("VB0009990013")), seal, KEY, NOW));
    final byte[] signed = Arrays.copyOf(seal.signed().signed(), seal.signed().signedLength());
    assertTrue(check.isRevoked(setOf(RevocationType.SIGNED, sha256(signed)), seal, KEY, NOW));
  }

  /** A card in the text of its QR code, with a signature that nobody has made. */
  private static HealthCode card(String rid, long notBefore) {
    final String claims =
        "{\"iss\":\"https://a.example\",\"nbf\":"
            + notBefore
            + ",\"vc\":{"
            + rid
            + "\"type\":[\"https://smarthealth.cards#health-card\"],"
            + "\"credentialSubject\":{\"fhirBundle\":{\"entry\":[]}}}}";
    final byte[] deflated = new byte[1_000];
    final Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(claims.getBytes(StandardCharsets.UTF_8));
    deflater.finish();
    final int length = deflater.deflate(deflated);
    deflater.end();
    final Base64.Encoder url = Base64.getUrlEncoder().withoutPadding();
    final String header =
        "{\"alg\":\"ES256\",\"zip\":\"DEF\","
            + "\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\"}";
    final String jws =
        url.encodeToString(header.getBytes(StandardCharsets.UTF_8))
            + "."
            + url.encodeToString(Arrays.copyOf(deflated, length))
            + "."
            + url.encodeToString(new byte[64]);
    final StringBuilder digits = new StringBuilder("shc:/");
    jws.chars().forEach(each -> digits.append((each - 45) / 10).append((each - 45) % 10));
    return code(digits.toString());
  }

  @Test
  void aCardIsFoundByItsRidAndByTheTimeBeforeWhichItWasIssued() throws Exception {
    final byte[] rid = sha256("lHKzqFUMjhs");
    final HealthCode card = card("\"rid\":\"lHKzqFUMjhs\",", 1_636_977_599L);
    assertTrue(check.isRevoked(setOf(RevocationType.RID, rid), card, KEY, NOW));
    assertEquals(RevocationType.RID, check.found());
    assertTrue(check.isRevoked(setOf(RevocationType.RID, rid, 1_636_977_600L), card, KEY, NOW));
    assertFalse(check.isRevoked(setOf(RevocationType.RID, rid, 1_636_977_599L), card, KEY, NOW));
    assertFalse(check.isRevoked(setOf(RevocationType.RID, sha256("lHKzqFUMjht")), card, KEY, NOW));
    assertFalse(
        check.isRevoked(setOf(RevocationType.RID, rid), card("", 1_636_977_599L), KEY, NOW));
  }

  @Test
  void whatIsSignedRevokesCodesOfEveryForeignKind() throws Exception {
    for (final String file :
        List.of(
            "DVCTestQR.txt",
            "DVCTest2QR.txt",
            "EUQR1Contents.txt",
            "ICAOAUQR1Contents.txt",
            "SHCQR1Contents.txt")) {
      final HealthCode code = code(Files.readString(TestCorpora.require("gdhcn/" + file)));
      final byte[] signed = Arrays.copyOf(code.signed().signed(), code.signed().signedLength());
      assertTrue(
          check.isRevoked(setOf(RevocationType.SIGNED, sha256(signed)), code, KEY, NOW), file);
      signed[0] ^= 1;
      assertFalse(
          check.isRevoked(setOf(RevocationType.SIGNED, sha256(signed)), code, KEY, NOW), file);
    }
  }
}
