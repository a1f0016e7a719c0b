/**
 * Commands for a holder's record: {@code holder}, {@code subject}, {@code link}, {@code group} and
 * {@code paper}. Start at {@code HolderCommand}.
 */
package gongbei.verifier.cli.holder;
