/**
 * The command {@code revocations}: reads published lists of revoked foreign codes and our own
 * denylist, and puts them in force through a node. Start reading at {@link
 * gongbei.verifier.cli.revocation.RevocationsCommand}, then {@link
 * gongbei.verifier.cli.revocation.RevocationReader}.
 */
package gongbei.verifier.cli.revocation;
