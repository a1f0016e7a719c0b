/**
 * CBOR (RFC 8949) over byte arrays, without allocation: a validator, a cursor over what it has
 * found well-formed, and a deterministic writer. Knows no other package. Start with {@link
 * gongbei.codec.cbor.CborReader}.
 */
package gongbei.codec.cbor;
