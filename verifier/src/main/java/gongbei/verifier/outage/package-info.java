/**
 * Whether minting is degraded: who notices that codes are not minted any more, and says so in the
 * log, so that reserve codes count. It knows the log, the mint pipeline and the configuration, no
 * server. Start reading at {@link gongbei.verifier.outage.MintingWatch}.
 */
package gongbei.verifier.outage;
