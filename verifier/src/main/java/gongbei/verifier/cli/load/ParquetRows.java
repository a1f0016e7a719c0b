package gongbei.verifier.cli.load;

import blue.strategic.parquet.Hydrator;
import blue.strategic.parquet.ParquetReader;
import gongbei.codec.trust.FileFault;
import gongbei.verifier.cli.exit.CommandException;
import gongbei.verifier.status.StatusForm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * Residents in Parquet: the columns of {@link ResidentRow#ALL_COLUMNS} in any order, each a string,
 * or what it is: {@code sampleTime} and {@code until} timestamps in UTC, {@code doses} an integer,
 * {@code lastDoseDate} a date. Null and empty are the same.
 */
final class ParquetRows implements ResidentRows {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final Set<CompressionCodecName> CODECS =
      Set.of(
          CompressionCodecName.UNCOMPRESSED,
          CompressionCodecName.SNAPPY,
          CompressionCodecName.ZSTD);

  private final Path file;
  private final long length;
  private final ChronoUnit[] timestampUnits = new ChronoUnit[ResidentRow.ALL_COLUMNS.size()];
  private final boolean[] areDates = new boolean[ResidentRow.ALL_COLUMNS.size()];
  private final ParquetReader<Object[], Object[], Integer> reader;
  private Object[] row;
  private long rows;

  ParquetRows(Path file) {
    this.file = file;
    final InputFile input = new LocalInputFile(file);
    try {
      final ParquetMetadata metadata = ParquetReader.readMetadata(input);
      requireColumns(metadata.getFileMetaData().getSchema().getFields());
      length = requireCodecs(metadata.getBlocks());
      reader = ParquetReader.spliterator(input, new Columns(), ParquetRows::indexOf);
    } catch (CommandException e) {
      throw e;
    } catch (IOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e));
    } catch (RuntimeException e) {
      throw CommandException.refused(file + " is not a whole Parquet file");
    }
  }

  /** Whether a file opens as one in Parquet does. */
  static boolean isParquet(Path file) throws IOException {
    try (InputStream bytes = Files.newInputStream(file)) {
      return Arrays.equals(MAGIC, bytes.readNBytes(MAGIC.length));
    }
  }

  private static Integer indexOf(String[] path) {
    return ResidentRow.ALL_COLUMNS.indexOf(path[0]);
  }

  private void requireColumns(List<Type> columns) {
    final Optional<String> fault =
        ResidentRow.faultOfColumns(columns.stream().map(Type::getName).toList());
    if (fault.isPresent()) {
      throw CommandException.refused(file + ": " + fault.get());
    }
    for (final Type column : columns) {
      if (!isReadable(column)) {
        throw CommandException.refused(
            file
                + ": "
                + column.getName()
                + " is "
                + column
                + ", which is neither a string nor what the column holds");
      }
    }
  }

  private boolean isReadable(Type column) {
    if (!column.isPrimitive() || column.isRepetition(Type.Repetition.REPEATED)) {
      return false;
    }
    final PrimitiveTypeName primitive = column.asPrimitiveType().getPrimitiveTypeName();
    final LogicalTypeAnnotation logical = column.getLogicalTypeAnnotation();
    if (primitive == PrimitiveTypeName.BINARY) {
      return logical instanceof LogicalTypeAnnotation.StringLogicalTypeAnnotation
          || logical instanceof LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
    }
    final int index = ResidentRow.ALL_COLUMNS.indexOf(column.getName());
    switch (column.getName()) {
      case StatusForm.SAMPLE_TIME, StatusForm.UNTIL -> {
        if (primitive == PrimitiveTypeName.INT64
            && logical instanceof LogicalTypeAnnotation.TimestampLogicalTypeAnnotation timestamp
            && timestamp.isAdjustedToUTC()) {
          timestampUnits[index] =
              switch (timestamp.getUnit()) {
                case MILLIS -> ChronoUnit.MILLIS;
                case MICROS -> ChronoUnit.MICROS;
                case NANOS -> ChronoUnit.NANOS;
              };
        }
        return timestampUnits[index] != null;
      }
      case StatusForm.LAST_DOSE_DATE -> {
        areDates[index] = logical instanceof LogicalTypeAnnotation.DateLogicalTypeAnnotation;
        return areDates[index];
      }
      case StatusForm.DOSES -> {
        return (primitive == PrimitiveTypeName.INT32 || primitive == PrimitiveTypeName.INT64)
            && (logical == null
                || logical instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation);
      }
      default -> {
        return false;
      }
    }
  }

  /** Returns how many rows there are. */
  private long requireCodecs(List<BlockMetaData> groups) {
    long rowsInAll = 0;
    for (final BlockMetaData group : groups) {
      for (final ColumnChunkMetaData column : group.getColumns()) {
        if (!CODECS.contains(column.getCodec())) {
          throw CommandException.refused(
              file + " is compressed by " + column.getCodec() + ", not by SNAPPY, ZSTD or nothing");
        }
      }
      rowsInAll += group.getRowCount();
    }
    return rowsInAll;
  }

  /** Puts the values of a row where their columns are, in one array for all rows. */
  private static final class Columns implements Hydrator<Object[], Object[], Integer> {
    private final Object[] values = new Object[ResidentRow.ALL_COLUMNS.size()];

    @Override
    public Object[] start() {
      Arrays.fill(values, null);
      return values;
    }

    @Override
    public Object[] add(Object[] target, Integer column, Object value) {
      target[column] = value;
      return target;
    }

    @Override
    public Object[] finish(Object[] target) {
      return target;
    }
  }

  @Override
  public boolean advance() {
    try {
      if (!reader.tryAdvance(values -> row = values)) {
        return false;
      }
      rows++;
      return true;
    } catch (UncheckedIOException e) {
      throw CommandException.unreachable(file + " " + FileFault.reasonOf(e.getCause()));
    } catch (RuntimeException e) {
      throw CommandException.refused(
          file + " after row " + rows + ": is damaged; the rows before it may be loaded");
    }
  }

  @Override
  public String get(String column) {
    final int index = ResidentRow.ALL_COLUMNS.indexOf(column);
    final Object value = row[index];
    if (value == null) {
      return "";
    }
    try {
      if (timestampUnits[index] != null) {
        return Instant.EPOCH.plus((Long) value, timestampUnits[index]).toString();
      }
      if (areDates[index]) {
        return LocalDate.ofEpochDay((Integer) value).toString();
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(column + " is out of the range of time", e);
    }
    return value.toString();
  }

  @Override
  public void requireConsistent() {
    // Parquet has one value for each column, or null.
  }

  @Override
  public String place() {
    return "row " + rows;
  }

  @Override
  public long position() {
    return rows;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public String unit() {
    return "k rows";
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
