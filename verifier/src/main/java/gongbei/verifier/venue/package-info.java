/**
 * What a venue's screen and a holder's phone show alike, and the venues' screens that are told of
 * visits. It knows no holder: a visit is counted and told by its verdict alone. Start reading at
 * {@link gongbei.verifier.venue.VenueFeed}.
 */
package gongbei.verifier.venue;
