package gongbei.verifier.cli.revocation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.TestCorpora;
import gongbei.verifier.revocation.RevocationException;
import gongbei.verifier.revocation.RevocationFormat;
import gongbei.verifier.revocation.RevocationList;
import gongbei.verifier.revocation.RevocationList.Hash;
import gongbei.verifier.revocation.RevocationScope;
import gongbei.verifier.revocation.RevocationType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.util.io.pem.PemReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What published revocation lists are read as, and which are refused by field. */
final class RevocationReaderTest {
  private static final long NOW = Instant.parse("2022-06-01T00:00:00Z").getEpochSecond();
  private static final String BATCH = "3f0c1d2e-0000-4000-8000-00000000000a";
  private static final long KID = 0xc8b1cb36f4a5e36fL;

  @TempDir private Path directory;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = RevocationReaderTest.class.getResourceAsStream("/revocations/" + name)) {
      return in.readAllBytes();
    }
  }

  private static X509CertificateHolder certificate(String name) throws IOException {
    try (PemReader pem =
        new PemReader(new StringReader(new String(resource(name), StandardCharsets.US_ASCII)))) {
      return new X509CertificateHolder(pem.readPemObject().getContent());
    }
  }

  private GatheredLists read(RevocationFormat format, boolean isDelta, String... signers)
      throws Exception {
    final GatheredLists lists = new GatheredLists("eu");
    final List<X509CertificateHolder> named = new ArrayList<>();
    for (final String signer : signers) {
      named.add(certificate(signer));
    }
    new RevocationReader(format, lists, named, NOW).read(directory, isDelta);
    return lists;
  }

  private String refusal(RevocationFormat format) {
    return assertThrows(RevocationException.class, () -> read(format, false))
        .getMessage()
        .replace(directory + "/", "");
  }

  private void file(String name, String content) throws IOException {
    file(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private void file(String name, byte[] content) throws IOException {
    final Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private static RevocationList only(GatheredLists lists) throws RevocationException {
    assertEquals(1, lists.documents().size());
    final Map.Entry<String, byte[]> each = lists.documents().entrySet().iterator().next();
    return RevocationList.read(each.getKey(), each.getValue());
  }

  @Test
  void aBatchOfTheGatewayIsReadAsItIs() throws Exception {
    file(BATCH + ".json", resource("batch.json"));
    final RevocationList list = only(read(RevocationFormat.DGC_BATCHES, false));
    assertEquals("eu." + BATCH, list.name());
    assertEquals(
        new RevocationScope(
            Set.of(RevocationType.SIGNATURE),
            "DE",
            OptionalLong.of(KID),
            Instant.parse("2099-07-31T22:00:00Z").getEpochSecond()),
        list.scope());
    assertEquals(new Hash(0x0a0a0a0a0a0a0a0aL, 0x0a0a0a0a0a0a0a0aL), list.hash(0));
    assertEquals(new Hash(0x0b0b0b0b0b0b0b0bL, 0x0b0b0b0b0b0b0b0bL), list.hash(1));
  }

  /** Batches that OpenSSL has signed. */
  @ParameterizedTest
  @CsvSource({
    "batch-ec.cms, uploader.pem",
    "batch-pss.cms, other.pem",
    "batch-nocerts.cms, other.pem"
  })
  void aSignedBatchIsOpened(String file, String signer) throws Exception {
    file(BATCH + ".cms", resource(file));
    assertEquals(2, only(read(RevocationFormat.DGC_BATCHES, false, signer)).size());
    file(BATCH + ".cms", Base64.getDecoder().decode(resource(file)));
    assertEquals(2, only(read(RevocationFormat.DGC_BATCHES, false, signer)).size(), "as DER");
    final String other = signer.equals("other.pem") ? "uploader.pem" : "other.pem";
    assertEquals(
        "CMS is signed by another than the signer named",
        assertThrows(
                RevocationException.class, () -> read(RevocationFormat.DGC_BATCHES, false, other))
            .getMessage()
            .replaceFirst(".*: ", ""));
  }

  @Test
  void aBatchWhoseSignatureIsBrokenIsRefused() throws Exception {
    final byte[] der = Base64.getDecoder().decode(resource("batch-ec.cms"));
    final byte[] needle = "SIGNATURE".getBytes(StandardCharsets.US_ASCII);
    int at = 0;
    while (ByteBuffer.wrap(der, at, needle.length).compareTo(ByteBuffer.wrap(needle)) != 0) {
      at++;
    }
    der[at + needle.length + 30] ^= 1;
    file(BATCH + ".cms", der);
    assertTrue(refusal(RevocationFormat.DGC_BATCHES).startsWith(BATCH + ".cms: CMS "));
    file(BATCH + ".cms", resource("batch-nocerts.cms"));
    assertEquals(
        BATCH + ".cms: CMS has no certificate of its signer",
        refusal(RevocationFormat.DGC_BATCHES));
    file(BATCH + ".cms", new byte[] {0x30, 3, 2, 1, 5});
    assertTrue(refusal(RevocationFormat.DGC_BATCHES).startsWith(BATCH + ".cms: CMS is none: "));
  }

  @Test
  void aPlainBatchIsRefusedWhereItsSignerIsNamed() throws Exception {
    file(BATCH + ".json", resource("batch.json"));
    assertTrue(
        assertThrows(
                RevocationException.class,
                () -> read(RevocationFormat.DGC_BATCHES, false, "other.pem"))
            .getMessage()
            .endsWith(": batch is not signed, and its signer was named"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"DE\" | \"de\" | country is not two capitals",
        "\"country\" | \"land\" | country is missing",
        "2099-08-01T00:00:00+02:00 | 2099-08-01 | expires is not a time with its zone, from 1970 to 9999",
        "yLHLNvSl428= | yLHLNvSl | kid is neither 8 bytes in Base64 nor UNKNOWN_KID",
        "yLHLNvSl428= | !!! | kid is not Base64",
        "\"SIGNATURE\" | \"rid\" | hashType is none of UCI, COUNTRYCODEUCI, SIGNATURE",
        "\"SIGNATURE\" | 1 | hashType is not text",
        "CgoKCgoKCgoKCgoKCgoKCg== | CgoK | entries[0].hash is of 3 bytes, not 16",
        "CgoKCgoKCgoKCgoKCgoKCg== | CgoKCgoKCgoKCgoKCgoKC! | entries[0].hash is not Base64",
        "\"entries\" | \"hashes\" | entries are not an array of 1 to 1000",
        "\"kid\" | \"country\" | JSON is none: Duplicate field 'country'"
      })
  void aBatchThatIsBrokenIsRefusedByField(String part, String change, String fault)
      throws Exception {
    final String batch = new String(resource("batch.json"), StandardCharsets.UTF_8);
    assertTrue(batch.contains(part), part);
    file("b.json", batch.replace(part, change));
    assertEquals("b.json: " + fault, refusal(RevocationFormat.DGC_BATCHES));
  }

  @Test
  void theListOfBatchesSaysWhichMustBeThereAndWhichAreDeleted() throws Exception {
    file(BATCH + ".json", resource("batch.json"));
    final String deleted = BATCH.replace('a', 'b');
    final String list =
        "{\"more\":false,\"batches\":[{\"batchId\":\""
            + BATCH
            + "\",\"country\":\"DE\",\"date\":\"2022-05-01T00:00:00Z\",\"deleted\":false},{\"batchId\":\""
            + deleted
            + "\",\"country\":\"DE\",\"date\":\"2022-05-02T00:00:00Z\",\"deleted\":true}]}";
    file("list.json", list);
    final GatheredLists lists = read(RevocationFormat.DGC_BATCHES, true);
    assertEquals(Set.of("eu." + deleted), lists.withdrawn());
    assertEquals(1, lists.documents().size());
    file("list.json", list.replace("false,\"batches", "true,\"batches"));
    assertEquals(
        "list: more is true: the other batches are to be imported together",
        refusal(RevocationFormat.DGC_BATCHES));
    assertEquals(1, read(RevocationFormat.DGC_BATCHES, true).documents().size());
    file("list.json", list.replace("\"deleted\":true", "\"deleted\":false"));
    assertTrue(
        refusal(RevocationFormat.DGC_BATCHES)
            .endsWith(
                ": batches[1].batchId is " + deleted + ", and no file of that name is there"));
  }

  @Test
  void aBatchThatIsOverIsPassedOver() throws Exception {
    file(
        "b.json",
        new String(resource("batch.json"), StandardCharsets.UTF_8)
            .replace("2099", "2022")
            .replace("-08-", "-05-"));
    final GatheredLists lists = read(RevocationFormat.DGC_BATCHES, false);
    assertEquals(0, lists.documents().size());
    assertEquals(1, lists.expired());
  }

  private static byte[] slice(int length, String... hashes) {
    final ByteBuffer slice = ByteBuffer.allocate(11 + length * hashes.length);
    slice.putShort((short) 1).putFloat(1e-12f).putInt(hashes.length).put((byte) length);
    for (final String hash : hashes) {
      slice.put(HexFormat.of().parseHex(hash), 0, length);
    }
    return slice.array();
  }

  private static String keys(String mode) {
    return "[{\"kid\":\"yLHLNvSl428=\",\"mode\":\""
        + mode
        + "\",\"hashTypes\":[\"UCI\",\"SIGNATURE\"],\"expires\":\"2022-08-01T00:00:00Z\","
        + "\"lastUpdated\":\"2022-05-01T00:00:00Z\"}]";
  }

  private static String partition(String id, String chunk, byte[] slice, String type) {
    return "[{\"kid\":\"yLHLNvSl428=\",\"id\":"
        + id
        + ",\"x\":null,\"y\":null,\"lastUpdated\":\"2022-05-01T00:00:00.000000Z\","
        + "\"expired\":\"2022-08-01T00:00:00Z\",\"chunks\":{\""
        + chunk
        + "\":{\"2022-08-01T00:00:00Z\":{\"type\":\""
        + type
        + "\",\"version\":\"1.0\",\"hash\":\""
        + GatheredLists.sha256(slice)
        + "\"}}}}]";
  }

  @ParameterizedTest
  @CsvSource({"POINT, null, a", "VECTOR, '\"a\"', b", "COORDINATE, '\"ab\"', c"})
  void partitionsAndTheirSlicesAreReadInEveryMode(String mode, String id, String chunk)
      throws Exception {
    final byte[] slice =
        slice(16, "abc00000000000000000000000000002", "abcfffffffffffffffffffffffffffff");
    file("lists.json", keys(mode));
    file("partitions.json", partition(id, chunk, slice, "VARHASHLIST"));
    file("slices/" + GatheredLists.sha256(slice), slice);
    final RevocationList list = only(read(RevocationFormat.DGC_PARTITIONS, false));
    assertEquals(
        new RevocationScope(
            Set.of(RevocationType.UCI, RevocationType.SIGNATURE),
            "",
            OptionalLong.of(KID),
            Instant.parse("2022-08-01T00:00:00Z").getEpochSecond()),
        list.scope());
    assertEquals(new Hash(0xabc0000000000000L, 2), list.hash(0));
    assertEquals(2, list.size());
    file("slices/" + GatheredLists.sha256(slice), new byte[11]);
    assertEquals(
        "partitions.json[0]: chunks."
            + chunk
            + ".2022-08-01T00:00:00Z.hash is that of no slice that is there",
        refusal(RevocationFormat.DGC_PARTITIONS));
  }

  @Test
  void slicesComeInArchivesAsTheServiceHandsThemOut() throws Exception {
    final byte[] slice = slice(16, "0bc00000000000000000000000000002");
    file("lists.json", keys("POINT"));
    file("partitions.json", partition("null", "0", slice, "VARHASHLIST"));
    file("slices.tar.gz", archive("yLHLNvSl428=/null/0/x", slice));
    assertEquals(1, only(read(RevocationFormat.DGC_PARTITIONS, false)).size());
    file("slices.tar.gz", new byte[] {1, 2, 3});
    assertTrue(
        refusal(RevocationFormat.DGC_PARTITIONS)
            .startsWith("slices.tar.gz: archive is no tar archive of gzip: "));
  }

  static byte[] archive(String name, byte[] content) {
    final byte[] head = new byte[512];
    final byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(ascii, 0, head, 0, ascii.length);
    final byte[] size =
        String.format(Locale.ROOT, "%011o", content.length).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(size, 0, head, 124, size.length);
    head[156] = '0';
    final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(archive)) {
      out.write(head);
      out.write(content);
      out.write(new byte[(512 - content.length % 512) % 512 + 1_024]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return archive.toByteArray();
  }

  /** The publisher writes a hash as a signed number, whose leading ones it loses. */
  @Test
  void hashesThatBeginWithOnesAreRestored() throws Exception {
    final byte[] slice =
        slice(16, "0000c000000000000000000000000002", "f0000000000000000000000000000002");
    file("lists.json", keys("POINT"));
    file("partitions.json", partition("null", "f", slice, "VARHASHLIST"));
    file(GatheredLists.sha256(slice), slice);
    final RevocationList list = only(read(RevocationFormat.DGC_PARTITIONS, false));
    assertEquals(new Hash(0xf000000000000000L, 2), list.hash(0));
    assertEquals(new Hash(0xffffc00000000000L, 2), list.hash(1));
  }

  @Test
  void whatWouldRevokeOthersTooIsRefusedByName() throws Exception {
    final byte[] filter = {1, 2, 3};
    file("lists.json", keys("POINT"));
    file("partitions.json", partition("null", "a", filter, "BLOOMFILTER"));
    file(GatheredLists.sha256(filter), filter);
    assertEquals(
        "partitions.json[0]: chunks.a.2022-08-01T00:00:00Z.type is a Bloom filter, which would"
            + " revoke others too: only VARHASHLIST",
        refusal(RevocationFormat.DGC_PARTITIONS));
    final byte[] cut = slice(4, "abc00000");
    file("partitions.json", partition("null", "a", cut, "VARHASHLIST"));
    file(GatheredLists.sha256(cut), cut);
    assertEquals(
        "partitions.json[0]: chunks.a.2022-08-01T00:00:00Z has hashes cut to 4 bytes, which would"
            + " revoke others too: only 16",
        refusal(RevocationFormat.DGC_PARTITIONS));
  }

  @Test
  void partitionsThatDoNotFitTheirKeyAreRefused() throws Exception {
    final byte[] slice = slice(16, "bbc00000000000000000000000000002");
    file(GatheredLists.sha256(slice), slice);
    file("partitions.json", partition("null", "a", slice, "VARHASHLIST"));
    assertTrue(
        refusal(RevocationFormat.DGC_PARTITIONS)
            .endsWith("lists are missing: no file is a list of keys"));
    file("lists.json", keys("POINT"));
    assertEquals(
        "partitions.json[0]: chunks.a.2022-08-01T00:00:00Z.hashes[0] does not begin with a, as its"
            + " place has it",
        refusal(RevocationFormat.DGC_PARTITIONS));
    file("lists.json", keys("VECTOR"));
    assertEquals(
        "partitions.json[0]: id is not of 1 hexadecimal digits, as the key's mode has it",
        refusal(RevocationFormat.DGC_PARTITIONS));
    file("lists.json", keys("POINT").replace("yLHL", "yLHM"));
    assertEquals(
        "partitions.json[0]: kid is yLHLNvSl428=, which the list of keys has not",
        refusal(RevocationFormat.DGC_PARTITIONS));
    file("partitions.json", "[]");
    file("lists.json", keys("POINT"));
    assertTrue(
        refusal(RevocationFormat.DGC_PARTITIONS)
            .endsWith("partitions of the key yLHLNvSl428= are missing"));
  }

  /** The example of the SMART Health Cards Framework. */
  @Test
  void aCardRevocationListIsReadAsItIs() throws Exception {
    file(
        "crl.json",
        "{\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"method\":\"rid\",\"ctr\":1,"
            + "\"rids\":[\"vwAjHdarZuc.1664492124\",\"FKDIxsTCGlU\",\"XkNHp2Iyk0Y.1664492124\","
            + "\"TqB_qu_6OtM\"]}");
    final RevocationList list = only(read(RevocationFormat.SHC_CRL, false));
    assertEquals(4, list.size());
    assertEquals(
        new RevocationScope(
            Set.of(RevocationType.RID), "", OptionalLong.of(0xdca7dd83e5f03feeL), 0),
        list.scope());
    final Set<Hash> hashes = new TreeSet<>();
    for (int i = 0; i < list.size(); i++) {
      hashes.add(list.hash(i));
    }
    assertTrue(
        hashes.contains(
            Hash.of(GatheredLists.digest("TqB_qu_6OtM".getBytes(StandardCharsets.US_ASCII)), 0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"rid\" | \"status\" | method is not rid, the only one that is known",
        "3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s | 3Kfdg | kid is not the thumbprint of a key, 43 characters",
        "\"ctr\":1 | \"ctr\":0 | ctr is not a whole number from 1",
        "[\"a.5\"] | {} | rids are not an array",
        "a.5 | a.b | rids[0] is not 1 to 24 letters, digits, - and _, with . and a time or without",
        "a.5 | a+ | rids[0] is not 1 to 24 letters, digits, - and _, with . and a time or without"
      })
  void aCardRevocationListThatIsBrokenIsRefusedByField(String part, String change, String fault)
      throws Exception {
    file(
        "crl.json",
        "{\"kid\":\"3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s\",\"method\":\"rid\",\"ctr\":1,\"rids\":[\"a.5\"]}"
            .replace(part, change));
    assertEquals("crl.json: " + fault, refusal(RevocationFormat.SHC_CRL));
  }

  @Test
  void aDenylistNamesCodesAndIdentifiersOrTheirHashes() throws Exception {
    final String code = Files.readString(TestCorpora.require("gdhcn/EUQR1Contents.txt")).strip();
    file(
        "own.json",
        "{\"revoked\":[{\"code\":\""
            + code
            + "\"},{\"identifier\":\"VB0009990012\"},{\"identifierHash\":\""
            + "0".repeat(32)
            + "\"},{\"signed\":\""
            + "f".repeat(64)
            + "\"}]}");
    final GatheredLists lists = read(RevocationFormat.DENYLIST, false);
    assertEquals(4, lists.hashes());
    assertEquals(2, lists.documents().size(), "one of each type");
    assertFalse(lists.documents().keySet().stream().anyMatch(name -> name.length() != 35));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"code\":\"HC1:X\"} | revoked[0].code is no code: base45 has a length that Base45 cannot have",
        "{\"code\":\"XX1:\"} | revoked[0].code is no code: prefix is none of GD1:, MO1:, HC1:, shc:/ and { of JSON",
        "{\"signed\":\"abc\"} | revoked[0].signed is not 32 or 64 hexadecimal digits",
        "{\"name\":\"abc\"} | revoked[0].name is none of code, signed, identifier, identifierHash",
        "{\"code\":\"a\",\"signed\":\"b\"} | revoked[0] is not an object with one member",
        "{\"identifier\":1} | revoked[0].identifier is not text"
      })
  void aDenylistThatIsBrokenIsRefusedByField(String entry, String fault) throws Exception {
    file("own.json", "{\"revoked\":[" + entry + "]}");
    assertEquals("own.json: " + fault, refusal(RevocationFormat.DENYLIST));
  }

  @Test
  void aListOfMoreHashesThanADocumentHoldsIsSplit() throws Exception {
    final StringBuilder revoked = new StringBuilder("{\"revoked\":[");
    for (int i = 0; i < 5_000; i++) {
      revoked.append(i == 0 ? "" : ",").append("{\"identifier\":\"").append(i).append("\"}");
    }
    file("own.json", revoked + "]}");
    final GatheredLists lists = read(RevocationFormat.DENYLIST, false);
    assertEquals(2, lists.documents().size());
    int hashes = 0;
    for (final Map.Entry<String, byte[]> each : lists.documents().entrySet()) {
      hashes += RevocationList.read(each.getKey(), each.getValue()).size();
    }
    assertEquals(5_000, hashes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"dgc-batches", "dgc-partitions", "shc-crl", "denylist"})
  void aFolderWithoutFilesIsRefused(String format) {
    assertTrue(
        refusal(RevocationFormat.ofWireName(format).orElseThrow())
            .endsWith("directory has no file of such lists"));
  }
}
