/**
 * Signing keys that stay in a PKCS#11 token. It knows codec's keys. Start reading at {@link
 * gongbei.verifier.token.SigningToken}.
 */
package gongbei.verifier.token;
