/**
 * The command {@code venue}: codes of venues and their screens. It asks a node over HTTP and knows
 * no server. Start reading at {@link gongbei.verifier.cli.venue.VenueCommand}.
 */
package gongbei.verifier.cli.venue;
