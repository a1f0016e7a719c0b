/**
 * A command's side of a node's HTTP interface: the options that say which node and who asks ({@code
 * NodeAccess}, in {@code OpenAccess}, {@code GivenAccess} or {@code AuthorityAccess}), the requests
 * ({@code NodeHttp}), the answers as records ({@code NodeJson}), and the words for what went wrong
 * ({@code NodeFaults}). It knows the client library and no command.
 */
package gongbei.verifier.cli.remote;
