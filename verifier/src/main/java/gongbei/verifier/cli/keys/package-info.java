/**
 * Commands for keys, certificates and secrets: {@code keygen}, {@code apikey} and {@code trust}.
 * They work on files and published lists, and ask no node.
 */
package gongbei.verifier.cli.keys;
