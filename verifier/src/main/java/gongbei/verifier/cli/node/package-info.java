/**
 * Commands for whoever runs nodes: {@code serve}, {@code status}, {@code top}, {@code cluster},
 * {@code minting} and {@code audit}. {@code serve} and {@code cluster} reach into a node's
 * configuration and files; the others ask over HTTP.
 */
package gongbei.verifier.cli.node;
