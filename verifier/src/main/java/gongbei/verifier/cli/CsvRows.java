package gongbei.verifier.cli;

import gongbei.codec.trust.FileFault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Residents in CSV: RFC 4180, UTF-8, the columns named in the first line. */
final class CsvRows implements ResidentRows {
  private final Path file;
  private final long length;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private CSVRecord record;
  private long rows;

  CsvRows(Path file) throws IOException {
    this.file = file;
    this.length = Files.size(file);
    this.parser = parse(open());
    this.records = parser.iterator();
  }

  private BufferedReader open() {
    try {
      return CodeInput.withoutByteOrderMark(Files.newBufferedReader(file, StandardCharsets.UTF_8));
    } catch (CharacterCodingException e) {
      throw CommandException.refused(file + " is not UTF-8");
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    }
  }

  private CSVParser parse(BufferedReader reader) throws IOException {
    final CSVParser rows;
    try {
      rows =
          CSVFormat.RFC4180
              .builder()
              .setHeader()
              .setSkipHeaderRecord(true)
              .setIgnoreEmptyLines(true)
              .get()
              .parse(reader);
    } catch (IllegalArgumentException | CharacterCodingException | CSVException e) {
      reader.close();
      throw CommandException.refused(file + " line 1: is not a line of CSV in UTF-8");
    }
    if (rows.getHeaderNames().size() != ResidentRow.COLUMNS.size()
        || !new HashSet<>(rows.getHeaderNames()).equals(new HashSet<>(ResidentRow.COLUMNS))) {
      rows.close();
      throw CommandException.refused(
          file + " line 1: the columns are not " + String.join(",", ResidentRow.COLUMNS));
    }
    return rows;
  }

  @Override
  public boolean advance() {
    try {
      do {
        if (!records.hasNext()) {
          return false;
        }
        record = records.next();
      } while (isBlank(record));
      rows++;
      return true;
    } catch (UncheckedIOException e) {
      final String after = file + " after row " + rows + ": ";
      if (e.getCause() instanceof CharacterCodingException) {
        throw CommandException.refused(after + "is not UTF-8; the rows before it may be loaded");
      }
      if (e.getCause() instanceof CSVException) {
        throw CommandException.refused(
            after + "a quoted value does not end; the rows before it may be loaded");
      }
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e.getCause()));
    }
  }

  private static boolean isBlank(CSVRecord record) {
    return record.size() == 1 && record.get(0).isBlank();
  }

  @Override
  public String get(String column) {
    return record.get(column);
  }

  @Override
  public void requireConsistent() {
    if (!record.isConsistent()) {
      throw new IllegalArgumentException("the row has not one value for each column");
    }
  }

  @Override
  public String place() {
    return "line " + parser.getCurrentLineNumber();
  }

  @Override
  public long position() {
    return record == null ? 0 : record.getCharacterPosition();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public String unit() {
    return " kB";
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
