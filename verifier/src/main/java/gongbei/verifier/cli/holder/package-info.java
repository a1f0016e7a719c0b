/**
 * Commands for a holder's record: {@code holder}, {@code subject}, {@code link}, {@code group},
 * {@code guardians}, {@code paper} and {@code appeals}. They ask a node over HTTP. Start at {@code
 * HolderCommand}.
 */
package gongbei.verifier.cli.holder;
