/**
 * Commands for one health code: {@code decode}, {@code verify}, {@code issue}, {@code mint} and
 * {@code translate}. The first three need no node.
 */
package gongbei.verifier.cli.code;
