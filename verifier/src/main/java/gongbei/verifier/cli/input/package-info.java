/**
 * What commands read from arguments and files: codes, times, CSV, directories of keys and of
 * certificates. A fault is a {@code CommandException} that names the file and the line. Start at
 * {@code CodeInput}.
 */
package gongbei.verifier.cli.input;
