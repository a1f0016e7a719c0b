package gongbei.verifier.cli.holder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gongbei.testing.OneJdk;
import gongbei.testing.SecretFile;
import gongbei.verifier.cli.CommandRuns;
import gongbei.verifier.cli.GongbeiProcess;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents to subjects: one, a file, and a file that no memory holds. */
@OneJdk
final class SubjectCommandTest extends CommandRuns {
  /** As reference/subjects.md has them, by OpenSSL. */
  private static final String SECRET =
      "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

  private static final String NUMBER = "11010519491231002X";
  private static final String SUBJECT = "2ebb4b65a0e4adb32e86ba03402ef157";
  private static final String BIR = "5ac76da3936a4d8b7615d31cb1580384";

  @TempDir private Path directory;
  private final InputStream inputBefore = System.in;
  private String secret;

  @BeforeEach
  void writeSecret() throws Exception {
    secret = SecretFile.write(directory.resolve("subject.secret"), SECRET).toString();
  }

  @AfterEach
  void restoreInput() {
    System.setIn(inputBefore);
  }

  private int subject(String... more) {
    return run(
        Stream.concat(Stream.of("subject", "--secret", secret), Stream.of(more))
            .toArray(String[]::new));
  }

  private Path csv(String text) throws Exception {
    return Files.writeString(directory.resolve("people.csv"), text);
  }

  private void assertFault(String fault, String text, String... more) throws Exception {
    final String file = csv(text).toString();
    assertEquals(
        1, subject(Stream.concat(Stream.of(file), Stream.of(more)).toArray(String[]::new)), out);
    assertTrue(err.contains(fault), err);
    assertFalse((out + err).contains("1949"), "no number is shown: " + err);
    assertEquals(1, err.lines().count(), err);
  }

  @Test
  void oneDocumentIsOneSubjectHoweverItIsTyped() {
    for (final String typed : new String[] {NUMBER, "110105 19491231 002x", "１１０１０５19491231００２Ｘ"}) {
      assertEquals(0, subject("--document-type", "mainland-id", "--document-number", typed), err);
      assertEquals(SUBJECT + "\n", out);
    }
    assertEquals(
        0,
        subject("--document-type", "macau-bir", "--document-number", "1234567（8）", "--json"),
        err);
    assertEquals("{\"subject\":\"" + BIR + "\"}\n", out);
  }

  @Test
  void aFileIsRewrittenRowByRowWithItsOtherColumns() throws Exception {
    final Path people =
        csv(
            "\ufeffcolour,documentNumber,note,documentType\n"
                + "green,110105 19491231 002x,\"a, b\",mainland-id\n\n"
                + "red,1234567(8),,macau-bir\n");
    final String wanted = "subject,colour,note\n" + SUBJECT + ",green,\"a, b\"\n" + BIR + ",red,\n";
    assertEquals(0, subject(people.toString()), err);
    assertEquals(wanted, out);
    final Path into = directory.resolve("residents.csv");
    assertEquals(0, subject(people.toString(), "--out", into.toString(), "--json"), err);
    assertEquals("{\"rows\":2}\n", out);
    assertEquals(wanted, Files.readString(into));
    assertEquals(1, subject(people.toString(), "--out", into.toString()));
    assertTrue(err.contains("residents.csv exists already"), err);

    System.setIn(
        new ByteArrayInputStream(
            ("documentNumber\n" + NUMBER + "\n").getBytes(StandardCharsets.UTF_8)));
    assertEquals(0, subject("-", "--document-type", "mainland-id"), err);
    assertEquals("subject\n" + SUBJECT + "\n", out);
  }

  @Test
  void aFaultNamesItsLineAndColumnAndShowsNoNumber() throws Exception {
    final String header = "documentType,documentNumber,colour\n";
    final String good = "mainland-id," + NUMBER + ",green\n";
    assertFault("column documentNumber is missing", "documentType,number\n");
    assertFault("column documentType is missing, and --document-type", "documentNumber\n");
    assertFault(
        "column documentType does not go with --document-type",
        header + good,
        "--document-type",
        "passport");
    assertFault("column subject is there already", "documentNumber,documentType,subject\n");
    assertFault(
        "people.csv line 3: documentType is not one of mainland-id, home-return-permit",
        header + good + "ID," + NUMBER + ",green\n");
    assertFault(
        "people.csv line 3: documentNumber is empty", header + good + "mainland-id, ,green\n");
    assertFault(
        "people.csv line 2: documentNumber holds other than ASCII",
        header + "mainland-id,\u200b" + NUMBER + ",green\n");
    assertFault(
        "people.csv line 2: documentNumber is longer than 64 characters",
        header + "passport," + "1".repeat(65) + ",green\n");
    assertFault(
        "people.csv line 2: the row has 2 values for 3 columns: none for colour",
        header + "mainland-id," + NUMBER + "\n");
    final Path into = directory.resolve("part.csv");
    assertFault("line 3", header + good + "ID,1,green\n", "--out", into.toString());
    try (Stream<Path> files = Files.list(directory)) {
      assertTrue(files.noneMatch(file -> file.toString().contains("part.csv")), "no part is left");
    }
  }

  @Test
  void whatIsTypedMustSayWhichDocuments() {
    assertEquals(2, subject());
    assertEquals(2, subject("x.csv", "--document-number", "1"));
    assertEquals(2, subject("--document-number", "1"));
    assertTrue(err.contains("--document-type is missing"), err);
    assertEquals(2, subject("--document-type", "mainland-id", "--document-number", " "));
    assertTrue(err.contains("--document-number is empty"), err);
    assertEquals(2, subject("--document-type", "id", "--document-number", "1"));
    assertTrue(
        err.contains(
            "'--document-type': 'id' is not one of mainland-id, home-return-permit,"
                + " exit-entry-permit, macau-bir, passport; see"),
        err);
  }

  /** More text than the process may have memory, by far. */
  @Test
  void aFileOfAnyLengthTakesNoMoreMemoryThanOneOfAFewRows() throws Exception {
    final int rows = 300_000;
    final Path people = directory.resolve("people.csv");
    try (BufferedWriter writer = Files.newBufferedWriter(people)) {
      writer.write("documentType,documentNumber,colour,result,sampleTime,doses,note\n");
      for (int i = 0; i < rows; i++) {
        writer.write(
            String.format(Locale.ROOT, "mainland-id,%018d,green,,,0,%s%n", i, "x".repeat(64)));
      }
    }
    assertTrue(Files.size(people) > 30_000_000, "longer than the memory: " + Files.size(people));
    final Path into = directory.resolve("residents.csv");
    try (GongbeiProcess process = new GongbeiProcess(directory).options("-Xmx24m")) {
      final int exitCode =
          process.run("subject", people.toString(), "--secret", secret, "--out", into.toString());
      assertEquals(0, exitCode, process.err());
      assertEquals(rows + " subjects in " + into + "\n", process.out());
    }
    try (Stream<String> lines = Files.lines(into)) {
      assertEquals(1 + rows, lines.count());
    }
  }
}
