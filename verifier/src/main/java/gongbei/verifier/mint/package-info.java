/**
 * Codes are minted in batches by workers of their own. It knows codec's issuer and the status map,
 * no server. Start reading at {@link gongbei.verifier.mint.MintPipeline}.
 */
package gongbei.verifier.mint;
