/**
 * Issues codes: claims to a CWT in deterministic CBOR, signed and written as text, one by one or by
 * the batch. May know {@code code}, {@code signature} and {@code trust}. Start with {@link
 * gongbei.codec.issue.CodeIssuer}.
 */
package gongbei.codec.issue;
