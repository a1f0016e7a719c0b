package gongbei.verifier.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.codec.model.DocumentType;
import gongbei.codec.model.Region;
import gongbei.codec.trust.SubjectSecret;
import gongbei.testing.Document;
import gongbei.testing.SecretFile;
import gongbei.verifier.cli.Gongbei;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reference/subjects.md} against what the code does and what OpenSSL computes. */
final class SubjectsPageTest {
  @TempDir private Path directory;
  private ReferencePage page;
  private String key;
  private SubjectSecret secret;

  @BeforeEach
  void readPage() throws Exception {
    page = new ReferencePage(Document.SUBJECTS);
    key = found("Of the secret `([0-9a-f]{64})`");
    secret = SubjectSecret.read(SecretFile.write(directory.resolve("subject.secret"), key));
  }

  private String found(String pattern) {
    final Matcher matcher = Pattern.compile(pattern).matcher(page.text());
    assertTrue(matcher.find(), pattern);
    return matcher.group(1);
  }

  private static String first16(HMac hmac) {
    final byte[] mac = new byte[hmac.getMacSize()];
    hmac.doFinal(mac, 0);
    return HexFormat.of().formatHex(mac, 0, 16);
  }

  @Test
  void theTableHasEveryTypeOfDocumentByItsByte() {
    final List<List<String>> rows = page.table("| byte | type |");
    assertEquals(DocumentType.values().length, rows.size());
    for (final List<String> row : rows) {
      final DocumentType type = DocumentType.ofWireName(row.get(1));
      assertEquals(type.number(), Integer.parseInt(row.get(0), 16), row::toString);
    }
  }

  @Test
  void everyVectorIsWhatTheCodeMakesOfItAndWhatItsBytesGive() {
    final Set<DocumentType> tried = new HashSet<>();
    for (final List<String> row : page.table("| type | number as it comes |")) {
      final DocumentType type = DocumentType.ofWireName(row.get(0));
      tried.add(type);
      assertEquals(
          row.get(3), HexFormat.of().formatHex(secret.subject(type, row.get(1))), row::toString);
      final byte[] bytes = HexFormat.of().parseHex(row.get(2).replace(" ", ""));
      final HMac hmac = new HMac(new SM3Digest());
      hmac.init(new KeyParameter(HexFormat.of().parseHex(key)));
      hmac.update(bytes, 0, bytes.length);
      assertEquals(row.get(3), first16(hmac), row::toString);
      assertEquals(
          SubjectSecret.plain(row.get(1)),
          new String(bytes, 1, bytes.length - 1, StandardCharsets.UTF_8));
    }
    assertEquals(DocumentType.values().length, tried.size(), "each type has a vector");
  }

  @Test
  void openSslMakesTheSameOfTheBytesOfEveryVector() throws Exception {
    ReferencePage.require("bash", "openssl", "od");
    final String script = page.blocks("bash").get(0);
    final List<List<String>> rows = page.table("| type | number as it comes |");
    assertEquals(rows.get(0).get(3), ReferencePage.run(directory, script));
    for (final List<String> row : rows) {
      final String[] bytes = row.get(2).split(" ", -1);
      final String number =
          new String(HexFormat.of().parseHex(bytes[1]), StandardCharsets.US_ASCII);
      assertEquals(
          row.get(3),
          ReferencePage.run(
              directory,
              script
                  .replace("\\x01", "\\x" + bytes[0])
                  .replace("11010519491231002X", "'" + number + "'")),
          row::toString);
    }
  }

  @Test
  void theExampleOfManyDocumentsIsDoneAsItStandsThere() throws Exception {
    final List<String> csv = page.blocks("csv");
    final Path people = Files.writeString(directory.resolve("people.csv"), csv.get(0));
    final Path residents = directory.resolve("residents.csv");
    final String[] typed =
        found("`gongbei (subject people\\.csv [^`]+)`")
            .replace("people.csv", people.toString())
            .replace("residents.csv", residents.toString())
            .replace("FILE", directory.resolve("subject.secret").toString())
            .split(" ", -1);
    final StringWriter told = new StringWriter();
    assertEquals(
        0,
        Gongbei.commandLine()
            .setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .execute(typed),
        told::toString);
    assertEquals(csv.get(1), Files.readString(residents));
    assertEquals("2 subjects in " + residents + "\n", told.toString());
    final List<String> loading = new ArrayList<>(List.of("load", residents.toString()));
    loading.addAll(List.of("--no-progress", "--data", directory.resolve("data").toString()));
    assertEquals(
        0,
        Gongbei.commandLine()
            .setOut(new PrintWriter(told))
            .setErr(new PrintWriter(told))
            .execute(loading.toArray(new String[0])),
        told::toString);
    assertTrue(told.toString().endsWith("2 residents loaded\n"), told::toString);
  }

  @Test
  void aVisitorsSubjectIsAsThePageSays() throws Exception {
    final SubjectSecret macau =
        SubjectSecret.read(
            SecretFile.write(
                directory.resolve("macau.secret"), found("and the secret `([0-9a-f]{64})` in")));
    final byte[] own = macau.subject(DocumentType.MACAU_BIR, found("with the BIR `([^`]+)`"));
    assertEquals(found("Macau's subject is `([0-9a-f]{32})`"), HexFormat.of().formatHex(own));
    assertEquals(
        found("by the secret above, `([0-9a-f]{32})`"),
        HexFormat.of().formatHex(secret.visitor(Region.MACAU, own, 0)));
  }
}
