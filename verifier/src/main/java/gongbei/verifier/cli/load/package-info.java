/**
 * {@code load}: residents from CSV or Parquet into the log, in batches that may be resumed. Start
 * at {@code LoadCommand}; {@code ResidentRows} is what a kind of file implements, {@code
 * ResidentRow} what one row becomes.
 */
package gongbei.verifier.cli.load;
