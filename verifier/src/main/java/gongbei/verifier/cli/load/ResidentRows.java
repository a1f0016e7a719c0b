package gongbei.verifier.cli.load;

import gongbei.verifier.cli.exit.CommandException;
import java.io.IOException;

/**
 * The rows of a file of residents, one after the other. For one thread. What is wrong with the file
 * is a {@link CommandException} that names the place.
 */
interface ResidentRows extends AutoCloseable {
  /** Goes to the next row. Returns whether there is one. */
  boolean advance();

  /** A value of the row as text, empty where there is none. */
  String get(String column);

  /**
   * That the row has one value for each column.
   *
   * @throws IllegalArgumentException where it has not
   */
  void requireConsistent();

  /** Where the row stands in the file, for messages. */
  String place();

  /** How far the file has been read, in the unit of {@link #length}. */
  long position();

  /** How long the file is. */
  long length();

  /** What {@link #length} counts, for the progress bar. */
  String unit();

  @Override
  void close() throws IOException;
}
