/**
 * The ordinary service that Gongbei is measured beside: Spring's HTTP server and the usual
 * libraries. It knows nothing of Gongbei. Start reading at {@code PeerApplication}; one scan is
 * {@code ScanController}.
 */
package gongbei.bench.peer;
