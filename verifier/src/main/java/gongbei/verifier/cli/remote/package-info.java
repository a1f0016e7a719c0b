/**
 * A command's side of a node's HTTP interface: the options that say which node and who asks ({@code
 * NodeAccess}), the requests ({@code NodeHttp}), and the words for what went wrong ({@code
 * NodeFaults}). It knows the client library and no command.
 */
package gongbei.verifier.cli.remote;
