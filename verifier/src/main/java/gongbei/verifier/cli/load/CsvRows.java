package gongbei.verifier.cli.load;

import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.cli.input.CsvReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** Residents in CSV. */
final class CsvRows implements ResidentRows {
  private final long length;
  private final CsvReader reader;
  private final Set<String> columns;

  CsvRows(Path file) throws IOException {
    this.reader = CsvReader.of(file, "; the rows before it may be loaded");
    this.length = Files.size(file);
    this.columns = Set.copyOf(reader.columns());
    final Optional<String> fault = ResidentRow.faultOfColumns(reader.columns());
    if (fault.isPresent()) {
      reader.close();
      throw CommandException.refused(file + " line 1: " + fault.get());
    }
  }

  @Override
  public boolean advance() {
    return reader.advance();
  }

  @Override
  public String get(String column) {
    return columns.contains(column) ? reader.get(column) : "";
  }

  @Override
  public void requireConsistent() {
    reader.requireConsistent();
  }

  @Override
  public String place() {
    return reader.place();
  }

  @Override
  public long position() {
    return reader.position();
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
    reader.close();
  }
}
