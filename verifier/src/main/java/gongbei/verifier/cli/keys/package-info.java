/**
 * Commands that make keys and secrets: {@code keygen} and {@code api-key}. They work on files alone
 * and ask no node.
 */
package gongbei.verifier.cli.keys;
