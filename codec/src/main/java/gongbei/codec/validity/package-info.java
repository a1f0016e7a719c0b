/**
 * The rules of trust, the same for a node's scan, a checkpoint without a network and the
 * translator. In their order, the first that fails decides:
 *
 * <ol>
 *   <li>The code names a key by a kid of 8 bytes, and the trust list has one of that kid for the
 *       code's format and algorithm.
 *   <li>One of these keys, for several may share a kid, has made the signature; from here on that
 *       key counts alone ({@link gongbei.codec.signature.CodeSignatures}).
 *   <li>{@code iat} and {@code nbf} are not in the future; an issuer's clock may be ahead by a
 *       configured skew.
 *   <li>{@code exp} has not come; a foreign code holds through that second. Where its kind lets exp
 *       be missing, the period counts that the document states.
 *   <li>A foreign code certifies what the key's extended key usage allows; its key counts for as
 *       long as the trust list has it, that of a seal within the periods of its certificates. A
 *       region's code was issued within the period of its key.
 * </ol>
 *
 * <p>Start with {@link gongbei.codec.validity.CodeValidity}.
 */
package gongbei.codec.validity;
