/**
 * The command {@code grounds}: shows the table of grounds, checks a file of one, and puts one in
 * force. It speaks to a node over HTTP. Start with {@link
 * gongbei.verifier.cli.ground.GroundsCommand}.
 */
package gongbei.verifier.cli.ground;
