package gongbei.verifier.cli.input;

import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads CSV row by row: RFC 4180, UTF-8, the columns named in the first line; blank lines are
 * skipped. What is wrong with the file is a {@link CommandException} that names the place. For one
 * thread.
 */
public final class CsvReader implements AutoCloseable {
  private final String name;
  private final String consequence;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private CSVRecord record;
  private long rows;

  private CsvReader(String name, Reader reader, String consequence) throws IOException {
    this.name = name;
    this.consequence = consequence;
    this.parser = parse(reader);
    this.records = parser.iterator();
  }

  /**
   * Opens a file.
   *
   * @param consequence what is said of the rows before one at fault, as in {@code "; the rows
   *     before it may be loaded"}
   */
  public static CsvReader of(Path file, String consequence) {
    return of(file.toString(), CodeInput.open(file), consequence);
  }

  /** Reads standard input. */
  public static CsvReader ofStandardInput(String consequence) {
    return of("standard input", System.in, consequence);
  }

  private static CsvReader of(String name, InputStream bytes, String consequence) {
    final Reader text =
        new InputStreamReader(
            bytes,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT));
    try {
      return new CsvReader(
          name, CodeInput.withoutByteOrderMark(new BufferedReader(text)), consequence);
    } catch (CharacterCodingException e) {
      throw CommandException.refused(name + " is not UTF-8");
    } catch (IOException e) {
      throw CommandException.unreachable(name + " " + FileFault.reasonOf(e));
    }
  }

  private CSVParser parse(Reader reader) throws IOException {
    try {
      return CSVFormat.RFC4180
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .setIgnoreEmptyLines(true)
          .get()
          .parse(reader);
    } catch (IllegalArgumentException | CharacterCodingException | CSVException e) {
      reader.close();
      throw CommandException.refused(
          name
              + " line 1: "
              + (e instanceof IllegalArgumentException
                  ? "a column is named twice, or has no name"
                  : "is not a line of CSV in UTF-8"));
    }
  }

  /** The columns as the first line names them. */
  public List<String> columns() {
    return parser.getHeaderNames();
  }

  /** Goes to the next row. Returns whether there is one. */
  public boolean advance() {
    try {
      do {
        if (!records.hasNext()) {
          return false;
        }
        record = records.next();
      } while (record.size() == 1 && record.get(0).isBlank());
      rows++;
      return true;
    } catch (UncheckedIOException e) {
      final String after = name + " after row " + rows + ": ";
      if (e.getCause() instanceof CharacterCodingException) {
        throw CommandException.refused(after + "is not UTF-8" + consequence);
      }
      if (e.getCause() instanceof CSVException) {
        throw CommandException.refused(after + "a quoted value does not end" + consequence);
      }
      throw CommandException.unreachable(name + " " + FileFault.reasonOf(e.getCause()));
    }
  }

  /** The row's value of a column. */
  public String get(String column) {
    return record.get(column);
  }

  /**
   * Sees that the row has one value for each column.
   *
   * @throws IllegalArgumentException where it has not
   */
  public void requireConsistent() {
    if (record.isConsistent()) {
      return;
    }
    final List<String> columns = columns();
    throw new IllegalArgumentException(
        "the row has "
            + record.size()
            + " values for "
            + columns.size()
            + " columns: "
            + (record.size() < columns.size()
                ? "none for " + String.join(", ", columns.subList(record.size(), columns.size()))
                : "one too many after " + columns.get(columns.size() - 1)));
  }

  /** The failure of the row that this stands on. */
  public CommandException atFault(String reason) {
    return CommandException.refused(name + " " + place() + ": " + reason + consequence);
  }

  /** The row's place in the file. */
  public String place() {
    return "line " + parser.getCurrentLineNumber();
  }

  /** How many characters of the file come before the row. */
  public long position() {
    return record == null ? 0 : record.getCharacterPosition();
  }

  /** How many rows there have been. */
  public long rows() {
    return rows;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
