/**
 * Signs and verifies: SM2, ECDSA and RSASSA-PSS, singly and in batches, by Bouncy Castle or by
 * tables of the keys that are trusted. Verification handles public data and may take variable time;
 * signing may not. Start with {@link gongbei.codec.signature.SignatureEngine}.
 */
package gongbei.codec.signature;
