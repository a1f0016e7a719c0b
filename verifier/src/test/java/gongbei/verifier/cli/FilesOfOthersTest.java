package gongbei.verifier.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.testing.Prerequisite;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as other people have them: absent, marked, with blank lines, times of many forms. */
final class FilesOfOthersTest extends CommandRuns {
  private static final Path CORPUS = Path.of("..", "..", "shared", "corpora", "real-world");
  private static final Pattern JAVA_CLASS =
      Pattern.compile("[a-z]+[.][a-z.]+[.][A-Z]|Exception|Error\\b");
  private static final String HEADER =
      "subject,colour,result,sampleTime,doses,lastDoseDate,flags\n";
  private static final String SUBJECT = "000102030405060708090a0b0c0d0e0f";

  @TempDir private Path directory;

  private static Path corpus(String file) {
    return Prerequisite.require(CORPUS.resolve(file));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify --trust DIR/no X",
        "verify --image DIR/no",
        "verify --jsonl DIR/no",
        "issue --keys DIR/no --format GD1 --subject " + SUBJECT,
        "issue --keys KEYS --format GD1 --document-type macau_bir --document-number 1 --secret"
            + " DIR/no",
        "translate X --target GD --keys DIR/no --trust KEYS --secret SECRETS/subject.secret",
        "translate X --target GD --keys KEYS --trust DIR/no --secret SECRETS/subject.secret",
        "translate X --target GD --keys KEYS --trust KEYS --secret DIR/no",
        "audit verify DIR/no --trust KEYS",
        "audit export DIR/no --out DIR/made",
        "apikey list --file DIR/no",
        "apikey revoke --file DIR/no 01234567",
        "device list --file DIR/no",
        "device revoke gate-1 --file DIR/no",
        "serve --config DIR/no",
        "load DIR/no --data DIR/data",
        "load CSV --url http://127.0.0.1:1 --authority-keys DIR/no",
        "pack show DIR/no --trust KEYS",
        "pack judge X --pack DIR/no --trust KEYS --checkpoint metro",
        "pack fetch --url http://127.0.0.1:1 --keys DIR/no --out DIR/made",
        "paper --url http://127.0.0.1:1 --subjects DIR/no --out DIR/made",
        "lookup --url http://127.0.0.1:1 --keys DIR/no --document-type macau_bir"
            + " --document-number 1 --checkpoint hospital",
        "status --url http://127.0.0.1:1 --ca DIR/no",
        "status --url http://127.0.0.1:1 --api-key-file DIR/no",
        "mint --url http://127.0.0.1:1 --subject "
            + SUBJECT
            + " --client-cert DIR/no --client-key"
            + " DIR/no",
        "ruleset put DIR/no --url http://127.0.0.1:1 --authority-keys KEYS",
        "cluster backup --config DIR/no --to DIR/made",
        "cluster restore --from DIR/no --data DIR/made",
        "cluster snapshot --data DIR/no",
        "device-test 127.0.0.1:1 --credential-file DIR/no",
      })
  void aFileThatIsNotThereIsNamedAndNeverAJavaClass(String command) throws Exception {
    final String keys = directory.resolve("keys").toString();
    final String secrets = directory.resolve("secrets").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    assertEquals(0, run("keygen", "--subject-secret", "--out", secrets));
    final Path csv = Files.writeString(directory.resolve("a.csv"), HEADER);
    final int exitCode =
        run(
            command
                .replace("KEYS", keys)
                .replace("SECRETS", secrets)
                .replace("CSV", csv.toString())
                .replace("DIR", directory.toString())
                .split(" "));
    assertTrue(exitCode == 2 || exitCode == 3, () -> exitCode + ": " + out + err);
    assertEquals(1, err.lines().count(), err);
    assertFalse(JAVA_CLASS.matcher(err).find(), err);
    if (command.contains("DIR/no ") || command.endsWith("DIR/no")) {
      assertTrue(err.contains(directory.resolve("no") + " does not exist"), err);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01-bom.csv      | 0 | ''",
        "12-blank-lines.csv | 0 | ''",
        "22-leap.csv     | 0 | ''",
        "19-feb30.csv    | 1 | 'line 2: sampleTime is not an RFC 3339 date-time'",
        "23-notz.csv     | 1 | 'line 2: sampleTime has no offset (Z, +08:00)'",
      })
  void residentsOfOthersAreTakenOrRefusedByLine(String file, int exitCode, String fault)
      throws Exception {
    final Path csv = Files.copy(corpus("csv").resolve(file), directory.resolve("residents.csv"));
    assertEquals(
        exitCode,
        run(
            "load",
            csv.toString(),
            "--data",
            directory.resolve("data").toString(),
            "--no-progress"),
        err);
    assertTrue(err.contains(fault), err);
    assertEquals(exitCode == 0 ? "1 resident loaded\n" : "", out);
  }

  @Test
  void timesWithoutAnOffsetAreThoseOfTheZoneThatIsNamed() throws Exception {
    final Path csv =
        Files.writeString(
            directory.resolve("a.csv"),
            "\n"
                + HEADER
                + "  \n"
                + SUBJECT
                + ",green,negative,2026-07-01T10:00:00,2,2025-03-01,\n\n");
    final String data = directory.resolve("data").toString();
    final String[] load = {"load", csv.toString(), "--data", data, "--no-progress"};
    assertEquals(1, run(load));
    assertTrue(err.contains("line 4: sampleTime has no offset"), err);
    assertEquals(2, run("load", csv.toString(), "--data", data, "--time-zone", "Mars/Olympus"));
    assertTrue(err.contains("'Mars/Olympus' is not a time zone"), err);
    assertFalse(JAVA_CLASS.matcher(err).find(), err);
    assertEquals(
        0,
        run("load", csv.toString(), "--data", data, "--no-progress", "--time-zone", "Asia/Macau"),
        err);
    try (StatusMap map = StatusMap.persisted(Path.of(data), 1_000_000)) {
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(Subject.ofHex(SUBJECT), record));
      assertEquals(
          Instant.parse("2026-07-01T02:00:00Z").getEpochSecond() / 60, record.sampleEpochMinutes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"2026-02-30T10:00:00Z", "2026-02-30", "2026-04-31T00:00:00+08:00"})
  void aDateThatNoCalendarHasIsRefusedAndNotMoved(String time) {
    assertEquals(2, run("verify", "--at", time, "HC1:X"));
    assertTrue(err.contains("--at is not an RFC 3339 date-time"), err);
    final String keys = directory.resolve("keys").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    assertEquals(
        2,
        run(
            "issue",
            "--keys",
            keys,
            "--format",
            "GD1",
            "--subject",
            SUBJECT,
            "--result",
            "negative",
            "--sample-time",
            time));
    assertTrue(err.contains("--sample-time is not an RFC 3339 date-time"), err);
  }

  @Test
  void aSampleTimeWithoutAnOffsetIsRefusedAndNotTakenForUtc() {
    final String keys = directory.resolve("keys").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    final String[] issue = {
      "issue",
      "--keys",
      keys,
      "--format",
      "GD1",
      "--subject",
      SUBJECT,
      "--result",
      "negative",
      "--sample-time",
      "2026-01-01T08:00:00"
    };
    assertEquals(2, run(issue));
    assertTrue(err.contains("--sample-time has no offset (Z, +08:00)"), err);
    issue[issue.length - 1] += "+08:00";
    assertEquals(0, run(issue), err);
  }

  @Test
  void aLineOfJsonlSaysThatItsTimeIsNone() throws Exception {
    final Path lines =
        Files.writeString(
            directory.resolve("lines.jsonl"),
            "\ufeff{\"code\":\"HC1:X\",\"at\":\"2026-02-30T10:00:00Z\"}\n"
                + "{\"code\":\"HC1:X\",\"at\":\"2016-12-31T23:59:60Z\"}\n");
    assertEquals(1, run("verify", "--jsonl", lines.toString()));
    final ObjectMapper json = new ObjectMapper();
    final String[] answers = out.split("\n", -1);
    assertEquals("at", json.readTree(answers[0]).path("field").asText(), answers[0]);
    assertEquals("base45", json.readTree(answers[1]).path("field").asText(), answers[1]);
  }

  @Test
  void aCodeBehindAByteOrderMarkIsDecoded() throws Exception {
    final byte[] marked = Files.readAllBytes(corpus("bom-code.txt"));
    final InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(marked));
    try {
      assertEquals(0, run("decode", "-", "--json"), out);
    } finally {
      System.setIn(before);
    }
    assertTrue(out.startsWith("{\"format\":\"GD1\","), out);
    assertEquals(0xEF, marked[0] & 0xFF);
  }

  @Test
  void filesThatEditorsMarkAreReadAsIfTheyDidNot() throws Exception {
    final String keys = directory.resolve("keys").toString();
    assertEquals(0, run("keygen", "--region", "GD", "--out", keys));
    assertEquals(0, run("keygen", "--subject-secret", "--out", keys));
    final Path apiKeys = directory.resolve("api.keys");
    assertEquals(
        0,
        run("apikey", "create", "--file", apiKeys.toString(), "--name", "a", "--role", "operator"));
    final Path devices = directory.resolve("devices");
    assertEquals(0, run("device", "enrol", "gate-1", "--file", devices.toString()));
    mark(apiKeys);
    mark(devices);
    mark(Path.of(keys, "subject.secret"));
    assertEquals(0, run("apikey", "list", "--file", apiKeys.toString()), err);
    assertTrue(out.contains("operator"), out);
    assertEquals(0, run("device", "list", "--file", devices.toString()), err);
    assertTrue(out.contains("gate-1"), out);
    assertEquals(
        0,
        run(
            "issue",
            "--keys",
            keys,
            "--format",
            "GD1",
            "--document-type",
            "macau_bir",
            "--document-number",
            "1234567(8)",
            "--secret",
            keys + "/subject.secret"),
        err);
  }

  private static void mark(Path file) throws Exception {
    Files.writeString(file, "\ufeff" + Files.readString(file, StandardCharsets.UTF_8));
  }
}
