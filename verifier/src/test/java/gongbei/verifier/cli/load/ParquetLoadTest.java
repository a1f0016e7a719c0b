package gongbei.verifier.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import blue.strategic.parquet.ParquetWriter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gongbei.replication.map.StatusMap;
import gongbei.replication.map.StatusRecord;
import gongbei.replication.map.Subject;
import gongbei.verifier.cli.CommandRuns;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.LongFunction;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code load} of Parquet files, those of another writer (pyarrow 25.0.1) among them. */
final class ParquetLoadTest extends CommandRuns {
  private static final String TYPED =
      """
      message residents {
        required binary subject (STRING);
        required binary colour (STRING);
        optional binary result (STRING);
        optional int64 sampleTime (TIMESTAMP(MICROS,true));
        optional int32 doses;
        optional int32 lastDoseDate (DATE);
        optional binary flags (STRING);
      }
      """;

  @TempDir private Path directory;

  private int load(Path file, String... more) {
    final String[] fixed = {
      "load", file.toString(), "--data", data().toString(), "--max-subjects", "10000", "--json"
    };
    final String[] arguments = Arrays.copyOf(fixed, fixed.length + 1 + more.length);
    arguments[fixed.length] = "--no-progress";
    System.arraycopy(more, 0, arguments, fixed.length + 1, more.length);
    return run(arguments);
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Path resource(String name) throws Exception {
    final Path copy = directory.resolve(name);
    try (InputStream bytes = ParquetLoadTest.class.getResourceAsStream("/residents/" + name)) {
      Files.write(copy, bytes.readAllBytes());
    }
    return copy;
  }

  private Path write(String schema, int rows, LongFunction<String> subject) throws Exception {
    final MessageType type = MessageTypeParser.parseMessageType(schema);
    final Path file = directory.resolve("written.parquet");
    Files.deleteIfExists(file);
    try (ParquetWriter<Long> writer =
        ParquetWriter.writeFile(
            type,
            file.toFile(),
            (row, value) -> {
              value.write("subject", subject.apply(row));
              value.write("colour", "green");
              if (type.containsField("result")) {
                value.write("result", "negative");
                value.write("sampleTime", 1_767_225_600_000_000L + row);
              }
            })) {
      for (long row = 1; row <= rows; row++) {
        writer.write(row);
      }
    }
    return file;
  }

  private static String hex(long number) {
    return String.format(Locale.ROOT, "%032x", number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "zstd"})
  void whatAnotherWriterWroteIsLoadedAsItWasMeant(String codec) throws Exception {
    assertEquals(0, load(resource("pyarrow-" + codec + ".parquet")), err);
    assertEquals(3, new ObjectMapper().readTree(out).get("loaded").intValue());
    try (StatusMap map = StatusMap.persisted(data(), 10_000)) {
      assertEquals(3, map.size());
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(Subject.ofHex(hex(1)), record));
      assertEquals(StatusRecord.GREEN, record.colour());
      assertEquals(StatusRecord.RESULT_NEGATIVE, record.result());
      assertEquals(1_767_225_600 / 60, record.sampleEpochMinutes());
      assertEquals(2, record.doses());
      assertEquals(20_089, record.lastDoseEpochDay());
      assertEquals(0, record.flags());
      assertTrue(map.get(Subject.ofHex(hex(2)), record));
      assertEquals(StatusRecord.YELLOW, record.colour());
      assertEquals(StatusRecord.RESULT_NONE, record.result());
      assertEquals(StatusRecord.VISITOR | StatusRecord.LINKED, record.flags());
      assertTrue(map.get(Subject.ofHex(hex(3)), record));
      assertEquals(StatusRecord.RED, record.colour());
      assertEquals(StatusRecord.RESULT_POSITIVE, record.result());
    }
  }

  @Test
  void anInterruptedLoadGoesOnWhereItWasStopped() throws Exception {
    final Path bad = write(TYPED, 5_000, row -> row == 4_500 ? "z".repeat(32) : hex(row));
    final long size = Files.size(bad);
    assertEquals(1, load(bad));
    assertTrue(err.contains("row 4500: subject is not 32 hexadecimal digits"), err);
    final Path good = write(TYPED, 5_000, row -> row == 4_500 ? "f".repeat(32) : hex(row));
    assertEquals(size, Files.size(good), "the progress is of a file of this size");
    assertEquals(0, load(good, "--resume"), err);
    final JsonNode loaded = new ObjectMapper().readTree(out);
    assertEquals(5_000, loaded.get("rows").intValue());
    assertEquals(4_000, loaded.get("loadedBefore").intValue());
    try (StatusMap map = StatusMap.persisted(data(), 10_000)) {
      assertEquals(5_000, map.size());
      final StatusRecord record = new StatusRecord();
      assertTrue(map.get(Subject.ofHex("f".repeat(32)), record));
      assertEquals(1_767_225_600 / 60, record.sampleEpochMinutes(), "microseconds");
      assertEquals(0, record.doses(), "null");
    }
  }

  @Test
  void whatCantBeMeantIsRefusedByName() throws Exception {
    assertEquals(1, load(resource("pyarrow-gzip.parquet")));
    assertTrue(err.contains("is compressed by GZIP, not by SNAPPY, ZSTD or nothing"), err);
    final LongFunction<String> hex = ParquetLoadTest::hex;
    final String two =
        "message r { required binary subject (STRING); required binary colour (STRING); }";
    assertEquals(1, load(write(two, 1, hex)));
    assertTrue(
        err.contains(": column result, sampleTime, doses, lastDoseDate, flags is missing"), err);
    assertEquals(1, load(write(TYPED.replace("MICROS,true", "MICROS,false"), 1, hex)));
    assertTrue(err.contains("sampleTime is "), err);
    assertEquals(1, load(write(TYPED.replace("lastDoseDate (DATE)", "lastDoseDate"), 1, hex)));
    // The library writes its types by the default locale, which a process of ours sets to ROOT.
    assertTrue(
        err.matches("(?s).*lastDoseDate is optional .nt32 lastDoseDate, which is neither.*"), err);
    final Path whole = resource("pyarrow-none.parquet");
    final byte[] bytes = Files.readAllBytes(whole);
    Files.write(whole, Arrays.copyOf(bytes, bytes.length - 9));
    assertEquals(1, load(whole));
    assertTrue(err.contains("is not a whole Parquet file"), err);
  }
}
