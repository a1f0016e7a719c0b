/**
 * The command line's entry: {@link gongbei.verifier.cli.Gongbei} parses arguments, runs one command
 * and ends with its exit code. The commands live in the packages below, by subject; none of them
 * knows this package. Start at {@code Gongbei}, whose list of subcommands is the index.
 */
package gongbei.verifier.cli;
