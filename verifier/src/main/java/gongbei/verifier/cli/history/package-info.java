/**
 * Commands for auditors and holders: {@code history verify}, {@code watch}, {@code prove} and
 * {@code proof}, and {@code why}. They believe a certificate and the tiles of a history, no node;
 * what is in a directory they check without a network. Start at {@link
 * gongbei.verifier.cli.history.HistoryCommand}.
 */
package gongbei.verifier.cli.history;
